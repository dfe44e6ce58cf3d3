//! Text to values and back: front matter, sections, tags, links. Never touches the disk.
