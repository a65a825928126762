"""A password hasher that says how often it was asked."""

from django.contrib.auth.hashers import MD5PasswordHasher


class CountingHasher(MD5PasswordHasher):
    algorithm = "counting"
    rounds = 0

    def encode(self, password, salt):
        type(self).rounds += 1
        return super().encode(password, salt)
