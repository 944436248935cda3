"""A TikTok on loopback, for tests and for trying the program without a network: pages, searches, CDN, faults.

Nothing in here knows Django or asks anything of anybody. What it hands out says in its picture that it is a stand-in.
"""
