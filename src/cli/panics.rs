//! Panics: an error message instead of a trace.
//!
//! A damaged index can make the full text panic; that is caught where the index is read, and the
//! index is built anew, without a message. A panic that nothing catches is a bug.

use super::console::{print_to_stderr, report_error};
use crate::error::Error;
use crate::render;
use std::panic::PanicHookInfo;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Makes panics be remembered instead of printed.
pub(super) fn keep_quiet() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        tracing::error!(%info, "panic");
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(info.to_string());
    }));
}

/// Reports the last panic as what it is.
pub(super) fn report_panic() -> ExitCode {
    let last = LAST.lock().unwrap_or_else(PoisonError::into_inner).take();
    let what = last
        .unwrap_or_else(|| "no message".to_owned())
        .replace('\n', " ");
    let error = Error::failed(format!("internal error: {what}"))
        .with_hint("this is a bug: please report it with the command that led here");
    print_to_stderr(&render::render_error(&report_error(&error), false));
    ExitCode::from(error.kind().exit_code())
}
