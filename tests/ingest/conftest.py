from hypothesis import settings

# A shared machine may be slow; how long an example takes is no result of a test.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
