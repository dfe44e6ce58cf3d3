//! `mx`, the program. Everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    memex::cli::main(std::env::args_os())
}
