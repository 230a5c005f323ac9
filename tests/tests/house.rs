//! What holds of the source, as far as a grep can tell.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates whose folders are rooms.
const WITH_ROOMS: [&str; 2] = ["health-core", "health-http"];

const LIBRARIES: [&str; 7] = [
    "health-macros",
    "health-core",
    "health-http",
    "health-warp",
    "health-tower",
    "health-axum",
    "health-tonic",
];

/// Those that hold no rule: whatever two of them need is a lower crate's.
const ADAPTERS: [&str; 4] = ["health-warp", "health-tower", "health-axum", "health-tonic"];

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
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            sources.insert(name, library(&text));
        }
    }
}

/// The text of a file up to its tests and models.
fn library(text: &str) -> String {
    let is_library =
        |line: &&str| !line.ends_with("mod tests {") && !line.ends_with("mod models {");
    let lines: Vec<_> = text.lines().take_while(is_library).collect();
    lines.join("\n")
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
    assert_eq!(found, ["health-core/src/declare/declaration.rs"]);
}

/// Those that start the monitor, run plain functions, write the log, and look after the monitor.
#[test]
fn four_files_of_the_monitor_name_threads_and_spawn() {
    let found = files_with(&sources(&["health-core"]), &["thread::", ".spawn("]);
    let monitor = ["launch", "tell", "threads", "watchdog"];
    assert_eq!(
        found,
        monitor.map(|file| format!("health-core/src/monitor/{file}.rs"))
    );
}

/// The clock asks only whether a test's runtime is there, whose time can be paused.
#[test]
fn the_clock_and_two_files_of_the_monitor_name_runtimes() {
    let found = files_with(&sources(&["health-core"]), &["Handle::"]);
    let files = ["clock", "monitor/launch", "monitor/threads"];
    assert_eq!(
        found,
        files.map(|file| format!("health-core/src/{file}.rs"))
    );
}

#[test]
fn who_wants_the_time_asks_the_clock() {
    let found = files_with(
        &sources(&["health-core"]),
        &["Instant::now", "SystemTime::now"],
    );
    assert_eq!(found, ["health-core/src/clock.rs"]);
}

/// A folder imports from those that stand before it, so that whoever follows a check opens each once.
#[test]
fn the_folders_of_the_core_import_downwards() {
    const FLOORS: [&str; 6] = [
        "declare",
        "judge",
        "published",
        "report",
        "monitor",
        "start",
    ];
    let floor = |room: &str| FLOORS.iter().position(|folder| *folder == room);
    let arrows = arrows("health-core");
    for folder in FLOORS {
        assert!(arrows.contains_key(folder), "there is no `{folder}/`");
    }
    let mut up = Vec::new();
    for (from, to) in arrows.iter().filter(|(from, _)| floor(from).is_some()) {
        let above = to.iter().filter(|(to, _)| floor(to) > floor(from));
        up.extend(above.map(|(to, place)| format!("{from} -> {to}, in {place}")));
    }
    assert_eq!(up, [""; 0]);
}

#[test]
fn no_circle_of_imports_goes_through_the_rooms() {
    for name in WITH_ROOMS {
        let mut arrows = arrows(name);
        // A room that imports only from rooms which are gone stands on no circle.
        while let Some(room) = arrows
            .iter()
            .find(|(_, to)| to.keys().all(|to| !arrows.contains_key(to)))
            .map(|(room, _)| room.clone())
        {
            arrows.remove(&room);
        }
        assert!(
            arrows.is_empty(),
            "{name}: on a circle, or above one: {arrows:#?}"
        );
    }
}

#[test]
fn rooms_are_imported_by_their_names() {
    for name in WITH_ROOMS {
        let arrows = arrows(name);
        for (from, to) in &arrows {
            for (room, place) in to {
                assert!(
                    arrows.contains_key(room),
                    "{from} imports `crate::{room}`, which is no room, in {place}"
                );
            }
        }
    }
}

/// Which room of a crate imports from which other, and in which file; a room is a folder, or a file at the root.
fn arrows(name: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut arrows = BTreeMap::<_, BTreeMap<_, _>>::new();
    for (path, text) in &sources(&[name]) {
        let path_of_room = path.split_once("/src/").unwrap().1;
        let room = path_of_room.split(['/', '.']).next().unwrap();
        // The root re-exports, and the simulation stands in for the machine: neither is on the way of a check.
        if ["lib", "simulation"].contains(&room) {
            continue;
        }
        let to = arrows.entry(room.to_owned()).or_default();
        for imported in imported(text) {
            if imported != room && imported != "simulation" {
                to.insert(imported, path.clone());
            }
        }
    }
    arrows
}

/// The first names behind `crate::`, also in a group; those of a macro's output are written `$crate`.
fn imported(text: &str) -> Vec<String> {
    let code: Vec<_> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n").replace("$crate::", "");
    let first = |path: &str| {
        let end = path.find(|c: char| !c.is_alphanumeric() && c != '_');
        path[..end.unwrap_or(path.len())].to_owned()
    };
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let path = &code[at + "crate::".len()..];
        let Some(group) = path.strip_prefix('{') else {
            names.push(first(path));
            continue;
        };
        let mut depth = 0;
        let mut begins = true;
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                c if begins && !c.is_whitespace() => {
                    names.push(first(&group[at..]));
                    begins = false;
                }
                _ => {}
            }
        }
    }
    names
}

#[test]
fn imports_are_read_also_from_groups() {
    let text = "use crate::judge::x;\n// crate::no\nuse crate::{\n    a::{b, c}, d::E,\n};\n$crate::f!()\ncrate::g()";
    assert_eq!(imported(text), ["judge", "a", "d", "g"]);
}

#[test]
fn the_core_can_be_linked_once_only() {
    let manifest = fs::read_to_string(root().join("health-core/Cargo.toml")).unwrap();
    assert!(manifest.lines().any(|line| line.starts_with("links = ")));
}

#[test]
fn unsafe_code_is_forbidden_everywhere() {
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(workspace.contains("unsafe_code = \"forbid\""));
    for name in LIBRARIES {
        let manifest = fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{name}");
    }
}

/// Where an answer is made, and nowhere else, it is known what it is in HTTP.
#[test]
fn a_code_is_computed_in_one_place() {
    let found = files_with(&sources(&["health-http"]), &["SERVICE_UNAVAILABLE"]);
    assert_eq!(
        found,
        ["health-http/src/answer/grade.rs", "health-http/src/gate.rs"]
    );
}

#[test]
fn a_word_of_the_contract_is_written_once() {
    let sources = sources(&LIBRARIES[1..]);
    // Those that are no words of everyday English, or of another table.
    for word in [
        "timed_out",
        "stuck",
        "reported",
        "overdue",
        "draining",
        "stalled",
        "not_ready",
        "unhealthy",
    ] {
        let literal = format!("\"{word}\"");
        let code = sources.iter().map(|(path, text)| {
            let lines = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            let times: usize = lines.map(|line| line.matches(&*literal).count()).sum();
            (path, times)
        });
        let found: Vec<_> = code.filter(|(_, times)| *times > 0).collect();
        let times: usize = found.iter().map(|(_, times)| times).sum();
        assert_eq!(times, 1, "{word}: {found:?}");
    }
}

#[test]
fn the_core_knows_no_status_codes() {
    let found = files_with(&sources(&["health-core"]), &["503", "http::", "StatusCode"]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn adapters_know_no_status_codes() {
    assert_eq!(files_with(&sources(&ADAPTERS), &["StatusCode::"]), [""; 0]);
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
        ("health-tower", &["health-core", "health-http"]),
        ("health-axum", &["health-core", "health-tower"]),
        ("health-tonic", &["health-core"]),
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

/// What a service pays for in its build, besides the server that it has anyway.
#[test]
fn a_service_gains_few_crates() {
    for (adapter, server, most) in [
        ("health-warp", "warp", 12),
        ("health-axum", "axum", 15),
        ("health-tonic", "tonic-prost", 12),
    ] {
        let (with, without) = (crates(adapter), [crates(server), crates("tokio")].concat());
        let gained: Vec<_> = with.iter().filter(|name| !without.contains(name)).collect();
        assert!(
            gained.len() <= most,
            "{adapter}: {} crates, {gained:?}",
            gained.len()
        );
        for heavy in ["http ", "hyper ", "syn "] {
            let is_second = gained.iter().any(|name| name.starts_with(heavy));
            assert!(!is_second, "{adapter} brings another {heavy}: {gained:?}");
        }
    }
}

/// The crates that one is built from, with their versions.
fn crates(name: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--edges=normal",
            "--prefix=none",
            "--package",
            name,
        ])
        .current_dir(root())
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let first_words = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let mut crates: Vec<_> = tree.lines().map(first_words).collect();
    crates.sort();
    crates.dedup();
    crates
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
