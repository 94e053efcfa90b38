"""JPEG photos at 1/4 or 1/8 of their size, faster than libjpeg-turbo; whatever is unusual is left to it.

A small picture needs the low frequencies of each block of 8 x 8 pixels alone, yet every coded bit has to be
read, and that is where the time goes. So what is not needed is skipped, several symbols to a lookup.
"""
