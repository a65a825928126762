"""Settings of files: how they are sent, and where they lie."""

from urllib.parse import urlsplit

from environs import Env

env = Env()


def origins(bucket: str, endpoint: str, region: str) -> list[str]:
    """The origins (RFC 6454) of signed addresses in a bucket. Without an endpoint: Amazon's."""
    if endpoint:
        address = urlsplit(endpoint)
        return [f"{address.scheme}://{address.netloc}"]
    hosts = ["s3", f"s3.{region}"] if region else ["s3"]
    return [f"https://{bucket}.{host}.amazonaws.com" for host in hosts]


# Large files that one process sends at once; further ones are told to come back. 0: no limit.
# One process of ASGI carries hundreds. Under WSGI each holds a thread: keep some for readers.
DOWNLOADS_AT_ONCE = env.int("DOWNLOADS_AT_ONCE", 12)
# Where nginx finds MEDIA_ROOT as an internal location, such as /stored/; it then sends blobs.
FILES_ACCEL = env.str("FILES_ACCEL", "")

# Where bytes lie: below VAR_DIR, or in a bucket of an S3-compatible storage, which stays private.
S3_BUCKET = env.str("S3_BUCKET", "")
S3_ENDPOINT = env.str("S3_ENDPOINT", "")  # empty: Amazon's
S3_REGION = env.str("S3_REGION", "")
S3_ACCESS_KEY = env.str("S3_ACCESS_KEY", "")  # empty: from the machine's own role
S3_SECRET_KEY = env.str("S3_SECRET_KEY", "")
FILES_STORAGE = "media.bucket.BucketStorage" if S3_BUCKET else "media.storage.PrivateStorage"
# Whether a reader who may have a file is sent to the bucket, by an address good for so many
# seconds. Otherwise its bytes pass through this process.
FILES_REDIRECT = env.bool("FILES_REDIRECT", bool(S3_BUCKET))
FILES_REDIRECT_SECONDS = env.int("FILES_REDIRECT_SECONDS", 120)
# Where those addresses lead: pages may show pictures and films from there, and from nowhere else.
FILES_ORIGINS = origins(S3_BUCKET, S3_ENDPOINT, S3_REGION) if FILES_REDIRECT else []

# What may be uploaded, in bytes and in pixels; what is larger is refused before it is decoded.
UPLOAD_PICTURE_BYTES = env.int("UPLOAD_PICTURE_BYTES", 128 << 20)
UPLOAD_PICTURE_PIXELS = env.int("UPLOAD_PICTURE_PIXELS", 120_000_000)
UPLOAD_DOCUMENT_BYTES = env.int("UPLOAD_DOCUMENT_BYTES", 512 << 20)
UPLOAD_VIDEO_BYTES = env.int("UPLOAD_VIDEO_BYTES", 16 << 30)
UPLOAD_CAPTIONS_BYTES = env.int("UPLOAD_CAPTIONS_BYTES", 4 << 20)
UPLOAD_RECORDS_BYTES = env.int("UPLOAD_RECORDS_BYTES", 256 << 20)
WAGTAILIMAGES_IMAGE_MODEL = "media.Image"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "avif", "gif", "tif", "tiff", "heic"]
WAGTAILDOCS_DOCUMENT_MODEL = "media.Document"
WAGTAILDOCS_EXTENSIONS = [
    "csv", "docx", "m4v", "md", "mp3", "mp4", "odt", "pdf", "pptx", "svg", "txt", "vtt", "xlsx",
    "zip",
]  # fmt: skip
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILIMAGES_IMAGE_FORM_BASE = "media.admin.forms.ImageForm"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "media.admin.forms.DocumentForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = UPLOAD_PICTURE_BYTES
WAGTAILIMAGES_MAX_IMAGE_PIXELS = UPLOAD_PICTURE_PIXELS

# Virus scan: unix:///run/clamav/clamd.ctl or tcp://127.0.0.1:3310. Empty: none.
CLAMD_URL = env.str("CLAMD_URL", "")
CLAMD_TIMEOUT = env.int("CLAMD_TIMEOUT", 120)  # seconds without a word from it
# Bytes of the largest file it takes: StreamMaxLength in its configuration.
CLAMD_MAX_BYTES = env.int("CLAMD_MAX_BYTES", 100 << 20)
# Whether files that no scanner has seen, or that are too large for it, are given out.
SERVE_UNSCANNED = env.bool("SERVE_UNSCANNED", not CLAMD_URL)
# Uploads that resume: bytes that one person may have under way, that the disk keeps free, and from
# which size a file is sent in pieces.
UPLOAD_QUOTA = env.int("UPLOAD_QUOTA", 64 << 30)
UPLOAD_RESERVE = env.int("UPLOAD_RESERVE", 256 << 20)
UPLOAD_RESUMABLE_FROM = env.int("UPLOAD_RESUMABLE_FROM", 4 << 20)
