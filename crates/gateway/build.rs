//! Packs the built page into the program: a table of every file of `web/dist`, with its compressed
//! forms. Without a built page the table is empty, and the server says how to build it.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let dist = manifest.join("../../web/dist");
    let dist = dist.canonicalize().unwrap_or(dist);
    // A folder that does not exist yet is looked for through its parent.
    println!("cargo::rerun-if-changed={}", manifest.join("build.rs").display());
    println!("cargo::rerun-if-changed={}", dist.display());
    let mut files = Vec::new();
    if dist.join("index.html").exists() {
        collect(&dist, &mut files)?;
        files.sort();
    }
    let mut table = String::from("static FILES: &[Embedded] = &[\n");
    for file in &files {
        println!("cargo::rerun-if-changed={}", file.display());
        let name = file.strip_prefix(&dist).map_err(io::Error::other)?.display().to_string();
        let optional = |suffix: &str| {
            let packed = PathBuf::from(format!("{}.{suffix}", file.display()));
            if packed.exists() { format!("Some({})", include(&packed)) } else { "None".to_owned() }
        };
        writeln!(
            table,
            "    Embedded {{ path: {name:?}, plain: {}, brotli: {}, gzip: {} }},",
            include(file),
            optional("br"),
            optional("gz"),
        )
        .map_err(io::Error::other)?;
    }
    table.push_str("];\n");
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("embedded.rs"), table)
}

/// The expression that embeds a file.
fn include(file: &Path) -> String {
    format!("include_bytes!({:?})", file.display().to_string())
}

/// Every file below a folder, without those that only repeat another in compressed form.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let packed = path.extension().is_some_and(|e| e == "br" || e == "gz" || e == "map");
        if path.is_dir() {
            collect(&path, files)?;
        } else if !packed {
            files.push(path.canonicalize()?);
        }
    }
    Ok(())
}
