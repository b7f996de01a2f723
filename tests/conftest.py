from hypothesis import settings

# Timing is never a test (these machines are noisy); examples are drawn the same way every time.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")
