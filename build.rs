//! Links the program at a fixed address where that is known to work, and compresses the descriptions
//! that are linked in.
//!
//! A position-independent executable is relocated each time it starts: here 60,000 pointers, most
//! of them in the time zone tables, which cost more than everything else that `mx --version` does.

use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
    if env::var_os("CARGO_FEATURE_SERVICE").is_some() {
        compress_json("openapi")?;
        compress_json("mcp")?;
    }
    Ok(())
}

/// Compresses a file of `schema/` without the spaces around its values: to a tenth.
fn compress_json(name: &str) -> io::Result<()> {
    let source = format!("schema/{name}.json");
    println!("cargo:rerun-if-changed={source}");
    let mut json = fs::read_to_string(source)?;
    let (mut is_text, mut is_escaped) = (false, false);
    json.retain(|sign| {
        is_text ^= sign == '"' && !is_escaped;
        is_escaped = is_text && sign == '\\' && !is_escaped;
        is_text || !sign.is_ascii_whitespace()
    });
    let directory = env::var_os("OUT_DIR").unwrap_or_default();
    let target = Path::new(&directory).join(format!("{name}.json.zst"));
    fs::write(
        target,
        compress_to_vec(json.as_bytes(), CompressionLevel::Fastest),
    )
}
