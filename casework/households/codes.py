"""Code lists of households and persons, as the national standards number them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    A_RELIEF = "A_RELIEF", _("Recipient of relief")
    B_ELDER = "B_ELDER", _("Elder in difficulty")
    C_CHILD = "C_CHILD", _("Child in difficulty")
    D_DISABLED = "D_DISABLED", _("Severely disabled person")
    E_SUDDEN = "E_SUDDEN", _("Sudden hardship")
    F_OTHER = "F_OTHER", _("Other need")


class ReliefType(models.TextChoices):
    NONE = "NONE", _("None")
    DIBAO = "DIBAO", _("Subsistence allowance")
    LOW_INCOME = "LOW_INCOME", _("Low income")
    TEKUN = "TEKUN", _("Destitute person in support")
    MARGINAL = "MARGINAL", _("Marginal")
    EXPENDITURE = "EXPENDITURE", _("Expenditure hardship")


class Housing(models.TextChoices):
    OWN = "OWN", _("Own home")
    PUBLIC_RENT = "PUBLIC_RENT", _("Public rent")
    PRIVATE_RENT = "PRIVATE_RENT", _("Private rent")
    BORROW = "BORROW", _("Borrowed")
    DORM = "DORM", _("Dormitory")
    OTHER = "OTHER", _("Other")


class IdType(models.TextChoices):
    RESIDENT = "111", _("Resident ID card")
    REGISTER = "113", _("Household register")
    PASSPORT = "414", _("Passport")
    TAIWAN = "511", _("Taiwan travel permit")


class Sex(models.TextChoices):
    UNKNOWN = "0", _("Unknown")
    MALE = "1", _("Male")
    FEMALE = "2", _("Female")
    NOT_STATED = "9", _("Not stated")


class Marital(models.TextChoices):
    SINGLE = "10", _("Never married")
    MARRIED = "20", _("Married")
    FIRST = "21", _("Married for the first time")
    AGAIN = "22", _("Married again")
    RESUMED = "23", _("Marriage resumed")
    WIDOWED = "30", _("Widowed")
    DIVORCED = "40", _("Divorced")
    NOT_STATED = "90", _("Not stated")


class Health(models.TextChoices):
    GOOD = "10", _("Good health")
    WEAK = "20", _("Fair or weak")
    CHRONIC = "30", _("Chronic illness")
    DISABLED = "60", _("With a disability")


class Employment(models.TextChoices):
    STUDENT = "31", _("Pupil or student")
    WORKER = "24", _("Manual worker")
    FARMER = "27", _("Farmer")
    FREELANCE = "51", _("Freelance")
    SELF_EMPLOYED = "54", _("Self-employed")
    NONE = "70", _("Out of work")
    RETIRED = "80", _("Retired")
    OTHER = "90", _("Other")


class Education(models.TextChoices):
    GRADUATE = "10", _("Graduate school")
    BACHELOR = "20", _("Bachelor")
    COLLEGE = "30", _("College")
    VOCATIONAL = "40", _("Vocational secondary")
    SENIOR = "60", _("Senior high")
    JUNIOR = "70", _("Junior high")
    PRIMARY = "80", _("Primary")
    OTHER = "90", _("Other")


class School(models.TextChoices):
    PRE = "PRE", _("Pre-school")
    PRI = "PRI", _("Primary school")
    JUN = "JUN", _("Junior high school")
    SEN = "SEN", _("Senior high school")
    VOC = "VOC", _("Vocational school")
    COL = "COL", _("College")
    UNI = "UNI", _("University")
    SPE = "SPE", _("Special education")
    OUT = "OUT", _("Not in school")


class DisabilityType(models.TextChoices):
    SIGHT = "1", _("Sight")
    HEARING = "2", _("Hearing")
    SPEECH = "3", _("Speech")
    LIMB = "4", _("Limb")
    INTELLECTUAL = "5", _("Intellectual")
    MENTAL = "6", _("Mental")
    MULTIPLE = "7", _("Multiple disabilities")


class DisabilityGrade(models.TextChoices):
    ONE = "1", _("Grade 1")
    TWO = "2", _("Grade 2")
    THREE = "3", _("Grade 3")
    FOUR = "4", _("Grade 4")


class SelfCare(models.TextChoices):
    FULL = "FULL", _("Full self-care")
    PARTIAL = "PARTIAL", _("Self-care partly lost")
    LOST = "LOST", _("Self-care lost")


class WorkCapacity(models.TextChoices):
    FULL = "FULL", _("Able to work")
    PARTIAL = "PARTIAL", _("Partly able to work")
    NONE = "NONE", _("Unable to work")


class Relation(models.TextChoices):
    SELF = "01", _("Oneself")
    HEAD = "02", _("Head")
    SPOUSE = "10", _("Spouse")
    HUSBAND = "11", _("Husband")
    WIFE = "12", _("Wife")
    SON = "20", _("Son")
    ONLY_SON = "21", _("Only son")
    DAUGHTER = "30", _("Daughter")
    ONLY_DAUGHTER = "31", _("Only daughter")
    GRANDCHILD = "40", _("Grandchild")
    PARENT = "50", _("Parent")
    FATHER = "51", _("Father")
    MOTHER = "52", _("Mother")
    HUSBANDS_FATHER = "53", _("Husband's father")
    HUSBANDS_MOTHER = "54", _("Husband's mother")
    WIFES_FATHER = "55", _("Wife's father")
    WIFES_MOTHER = "56", _("Wife's mother")
    GRANDPARENT = "60", _("Grandparent")
    GRANDFATHER = "61", _("Grandfather")
    GRANDMOTHER = "62", _("Grandmother")
    MATERNAL_GRANDFATHER = "63", _("Maternal grandfather")
    MATERNAL_GRANDMOTHER = "64", _("Maternal grandmother")
    SIBLING = "70", _("Brother or sister")
    ELDER_BROTHER = "73", _("Elder brother")
    YOUNGER_BROTHER = "75", _("Younger brother")
    ELDER_SISTER = "77", _("Elder sister")
    YOUNGER_SISTER = "79", _("Younger sister")
    OTHER = "80", _("Other")


class HukouType(models.TextChoices):
    URBAN = "URBAN", _("Urban")
    RURAL = "RURAL", _("Rural")
    OUTSIDE = "OUTSIDE", _("Registered outside the city")


class Purpose(models.TextChoices):
    SHARE_PROVIDER = "SHARE_PROVIDER", _("Sharing with the provider")
    PHOTO = "PHOTO", _("Photos")
    PUBLICITY = "PUBLICITY", _("Publicity")
    ECON_CHECK = "ECON_CHECK", _("Economic check")
    SERVICE = "SERVICE", _("Receiving the service")
    GUARDIAN = "GUARDIAN", _("Keeping the data of a child under 14")


class Basis(models.TextChoices):
    CONSENT = "CONSENT", _("Consent")
    STATUTORY_DUTY = "STATUTORY_DUTY", _("Statutory duty")


class CorrectionReason(models.TextChoices):
    """Why what stands in the register is changed."""

    ENTRY_ERROR = "ENTRY_ERROR", _("Entered wrongly")
    CHANGED = "CHANGED", _("Circumstances changed")
    NEW_PROOF = "NEW_PROOF", _("Proof was brought later")
    IDENTITY = "IDENTITY", _("Name or document changed")
    ON_REQUEST = "ON_REQUEST", _("The person asked for it")


class JoinReason(models.TextChoices):
    """How a person comes to share a household."""

    BORN = "BORN", _("Born")
    MARRIED = "MARRIED", _("Married into the household")
    ADOPTED = "ADOPTED", _("Adopted or taken into care")
    MOVED_IN = "MOVED_IN", _("Moved in")
    RETURNED = "RETURNED", _("Came back")
    OVERLOOKED = "OVERLOOKED", _("Overlooked at registration")
    FOUNDED = "FOUNDED", _("Founded a household of their own")
    MERGED = "MERGED", _("The households joined")


class LeaveReason(models.TextChoices):
    """Why a living person no longer shares a household (民发〔2012〕220号)."""

    MOVED_OUT = "MOVED_OUT", _("Moved away")
    MARRIED_OUT = "MARRIED_OUT", _("Married into another household")
    DIVORCED = "DIVORCED", _("Divorced")
    OWN_HOUSEHOLD = "OWN_HOUSEHOLD", _("Founded a household of their own")
    INSTITUTION = "INSTITUTION", _("Lives in an institution")
    PRISON = "PRISON", _("In prison or compulsory treatment")
    CLERGY = "CLERGY", _("Clergy away for three years or more")
    MISSING = "MISSING", _("Declared missing")
    JOINED = "JOINED", _("The households joined")
    NEVER_SHARED = "NEVER_SHARED", _("Never belonged to the household")


ETHNIC_GROUPS = dict(
    enumerate(
        [
            "汉",
            "蒙古",
            "回",
            "藏",
            "维吾尔",
            "苗",
            "彝",
            "壮",
            "布依",
            "朝鲜",
            "满",
            "侗",
            "瑶",
            "白",
            "土家",
            "哈尼",
            "哈萨克",
            "傣",
            "黎",
            "傈僳",
            "佤",
            "畲",
            "高山",
            "拉祜",
            "水",
            "东乡",
            "纳西",
            "景颇",
            "柯尔克孜",
            "土",
            "达斡尔",
            "仫佬",
            "羌",
            "布朗",
            "撒拉",
            "毛南",
            "仡佬",
            "锡伯",
            "阿昌",
            "普米",
            "塔吉克",
            "怒",
            "乌孜别克",
            "俄罗斯",
            "鄂温克",
            "德昂",
            "保安",
            "裕固",
            "京",
            "塔塔尔",
            "独龙",
            "鄂伦春",
            "赫哲",
            "门巴",
            "珞巴",
            "基诺",
        ],
        start=1,
    )
) | {97: "其他", 98: "外国血统中国籍"}
ETHNICITY_CHOICES = [(f"{code:02d}", name) for code, name in ETHNIC_GROUPS.items()]
