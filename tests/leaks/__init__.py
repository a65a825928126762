"""The leak matrix: persona × state × channel."""
