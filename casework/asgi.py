import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
# Outside a person's transaction a web process sees no row that is anybody's.
os.environ.setdefault("ROW_SCOPE", "none")
application = get_asgi_application()
