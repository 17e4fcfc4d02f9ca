"""The course on the web: ``contrechamp site`` writes a folder of static pages in both languages.

What is shown is what the repository holds: committed notebooks with their outputs, guide, tables of law. Nothing is
executed, nothing is fetched, and no page asks anything of another host.
"""
