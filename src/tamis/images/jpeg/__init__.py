"""JPEGs decoded to less than their size, about twice as fast as libjpeg-turbo; the unusual is left to it.

A smaller picture needs only the lower frequencies of each block of 8 x 8 pixels. Every coded bit has to be
read, and the rest is skipped, several symbols to a lookup; what is kept becomes pixels of the wanted size at
once.
"""
