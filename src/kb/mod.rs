//! The directory: root, configuration, context, project, layout, walk, safe writes.
