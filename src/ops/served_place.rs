//! Where those may work who ask a server: in its own directory, as far as that is bounded.

use crate::error::Error;
use crate::kb::Environment;
use crate::session::paths::plain_path;
use crate::session::start::workplace_of;
use std::path::Path;

/// Returns whether a directory lies in that of the server, or is it; not, if links lead out of it.
pub(super) fn is_of_server(environment: &Environment, directory: &Path) -> bool {
    is_below(
        &environment.absolute(directory),
        &workplace_of(&environment.cwd),
    )
}

/// Returns whether a directory lies below another one, or is it.
pub(super) fn is_below(directory: &Path, other: &Path) -> bool {
    let path = plain_path(directory);
    let leads_there = || {
        let there = other.canonicalize().ok()?;
        Some(path.canonicalize().ok()?.starts_with(there))
    };
    path.starts_with(other) && leads_there() == Some(true)
}

/// Returns the error of a directory that lies elsewhere. Whether it exists is not reported.
pub(super) fn refuse_directory(environment: &Environment, directory: &Path) -> Error {
    let shown = directory.display().to_string();
    let message = format!("'{}' is no directory of this server", shown.escape_debug());
    let here = environment.shown(&workplace_of(&environment.cwd));
    Error::usage(message).with_hint(format!("it works in {here} and below"))
}
