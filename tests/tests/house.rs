//! What holds of the source, as far as a grep can tell.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const LIBRARIES: [&str; 4] = ["health-macros", "health-core", "health-http", "health-warp"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package is in the workspace")
        .into()
}

/// The library sources of these crates, by path, each without its tests.
fn sources(crates: &[&str]) -> BTreeMap<String, String> {
    let mut sources = BTreeMap::new();
    for name in crates {
        collect(&root().join(name).join("src"), &mut sources);
    }
    sources
}

fn collect(directory: &Path, sources: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.ends_with("tests.rs")
        {
            let text = fs::read_to_string(&path).unwrap();
            let library = text
                .split(
                    "
mod tests {",
                )
                .next()
                .unwrap_or_default();
            let library = library
                .split(
                    "
mod models {",
                )
                .next()
                .unwrap_or_default();
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            sources.insert(name, library.to_owned());
        }
    }
}

/// The files whose code, comments aside, has one of these texts.
fn files_with(sources: &BTreeMap<String, String>, needles: &[&str]) -> Vec<String> {
    let code = |line: &&str| !line.trim_start().starts_with("//");
    let has = |text: &str| {
        text.lines()
            .filter(code)
            .any(|line| needles.iter().any(|needle| line.contains(needle)))
    };
    sources
        .iter()
        .filter(|(_, text)| has(text))
        .map(|(path, _)| path.clone())
        .collect()
}

#[test]
fn one_file_names_inventory() {
    let found = files_with(&sources(&LIBRARIES), &["inventory::"]);
    assert_eq!(found, ["health-core/src/declaration.rs"]);
}

#[test]
fn one_file_of_the_core_names_threads_and_spawns() {
    let found = files_with(
        &sources(&["health-core"]),
        &["thread::", "Handle::", ".spawn("],
    );
    assert_eq!(found, ["health-core/src/engine/launch.rs"]);
}

#[test]
fn the_core_knows_no_status_codes() {
    let found = files_with(&sources(&["health-core"]), &["503", "http::", "StatusCode"]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn health_warp_knows_no_status_codes() {
    assert_eq!(
        files_with(&sources(&["health-warp"]), &["StatusCode::"]),
        [""; 0]
    );
}

#[test]
fn no_library_file_is_much_beyond_250_lines() {
    let sources = sources(&LIBRARIES);
    let long: Vec<_> = sources
        .iter()
        .filter(|(_, text)| text.lines().count() > 275)
        .map(|(path, _)| path)
        .collect();
    assert!(long.is_empty(), "{long:?}");
}

#[test]
fn nothing_panics_by_unwrap() {
    assert_eq!(files_with(&sources(&LIBRARIES), &[".unwrap()"]), [""; 0]);
}

#[test]
fn arrows_point_one_way() {
    for (krate, may_name) in [
        ("health-macros", &[][..]),
        ("health-core", &["health-macros"]),
        ("health-http", &["health-core"]),
        ("health-warp", &["health-core", "health-http"]),
    ] {
        let manifest = fs::read_to_string(root().join(krate).join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap_or_default();
        let dependencies = dependencies
            .split("[dev-dependencies]")
            .next()
            .unwrap_or_default();
        for other in LIBRARIES {
            let named = dependencies.lines().any(|line| line.starts_with(other));
            assert_eq!(named, may_name.contains(&other), "{krate} -> {other}");
        }
    }
}

/// One toolchain cannot build with an older one's compiler, but it can tell what dependencies say they need.
#[test]
fn no_dependency_of_a_library_needs_a_newer_compiler_than_we_promise() {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version=1",
            "--offline",
            "--filter-platform",
            &host(),
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages: BTreeMap<&str, &serde_json::Value> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["id"].as_str().unwrap(), p))
        .collect();
    let nodes: BTreeMap<&str, &serde_json::Value> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| (n["id"].as_str().unwrap(), n))
        .collect();
    let is_library = |id: &&str| LIBRARIES.contains(&packages[*id]["name"].as_str().unwrap());
    let mut to_see: Vec<&str> = packages.keys().copied().filter(is_library).collect();
    let promised = version(packages[to_see[0]]["rust_version"].as_str().unwrap());
    let mut seen = Vec::new();
    while let Some(id) = to_see.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        if let Some(needs) = packages[id]["rust_version"].as_str() {
            assert!(version(needs) <= promised, "{id} needs {needs}");
        }
        let normal = |dep: &&serde_json::Value| {
            dep["dep_kinds"]
                .as_array()
                .unwrap()
                .iter()
                .any(|kind| kind["kind"].is_null())
        };
        let dependencies = nodes[id]["deps"].as_array().unwrap().iter().filter(normal);
        to_see.extend(dependencies.map(|dep| dep["pkg"].as_str().unwrap()));
    }
    assert!(seen.len() > LIBRARIES.len());
}

/// The platform whose dependencies are here, because this test was built with them.
fn host() -> String {
    let output = Command::new("rustc")
        .arg("-vV")
        .current_dir(root())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("rustc names its host")
        .into()
}

fn version(text: &str) -> (u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap());
    (parts.next().unwrap(), parts.next().unwrap_or(0))
}
