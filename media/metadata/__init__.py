"""What pictures say of themselves: IPTC IIM, XMP and EXIF.

Read and proposed at upload; what an editor confirmed is written into everything that goes out.
"""
