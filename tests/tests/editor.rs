//! What an editor shows of a check: rust-analyzer, asked over its protocol.
//!
//! Skipped, with a word, where there is no `rust-analyzer`; `RUST_ANALYZER` names another one. With
//! `HEALTH_TESTS_REQUIRE_EDITOR` it has to be there.

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// `^` and a letter stand before what is asked about.
const PROGRAM: &str = r#"
use health_core::{Feature, health_check};

pub const SEARCH: Feature = Feature::new("search");

pub struct Pool;
pub struct Down;
impl std::fmt::Display for Down { fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) } }
impl std::fmt::Debug for Down { fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) } }
impl std::error::Error for Down {}

/// Orders are stored here.
#[^mhealth_check(^ccritical, ^otimeout = "500ms", needed_by(SEARCH))]
async fn ^ndatabase(pool: &^sPool) -> Result<(), ^eDown> {
    let _held = pool;
    Err(Down)
}

/// The process moves.
#[health_check(liveness)]
fn ^pmoves(pool: &^tPool) -> Result<(), ^fDown> {
    let _held = pool;
    Err(Down)
}

#[health_check(^a)]
async fn nothing_yet(pool: &Pool) -> Result<(), Down> { let _held = pool; Err(Down) }

#[health_check(cri^b)]
async fn a_class(pool: &Pool) -> Result<(), Down> { let _held = pool; Err(Down) }

#[health_check(critical, tim^d)]
async fn an_option(pool: &Pool) -> Result<(), Down> { let _held = pool; Err(Down) }

#[health_check(critical, needed_by(SEA^g))]
async fn a_feature(pool: &Pool) -> Result<(), Down> { let _held = pool; Err(Down) }
"#;

#[test]
fn an_editor_shows_the_check_and_nothing_of_ours() -> Result<()> {
    let analyzer = std::env::var("RUST_ANALYZER").unwrap_or_else(|_| "rust-analyzer".into());
    let version = Command::new(&analyzer).arg("--version").output();
    if !version.is_ok_and(|version| version.status.success()) {
        assert!(
            std::env::var_os("HEALTH_TESTS_REQUIRE_EDITOR").is_none(),
            "there is no {analyzer}"
        );
        println!("skipped: there is no {analyzer}, so nothing was asked of an editor");
        return Ok(());
    }
    let project = tempfile::tempdir()?;
    let mut editor = Editor::open(&analyzer, project.path())?;

    for (name, says) in [
        ('n', "Orders are stored here."),
        ('p', "The process moves."),
    ] {
        let shown = editor.hover(name)?;
        assert!(shown.contains(says), "{shown}");
        for ours in ["__health", "enum", "Registered", "__private"] {
            assert!(!shown.contains(ours), "{ours} in:\n{shown}");
        }
    }
    let manual = editor.hover('m')?;
    assert!(manual.contains("fail_after"), "{manual}");
    let class = editor.hover('c')?;
    assert!(class.contains("no traffic"), "{class}");
    let option = editor.hover('o')?;
    assert!(option.contains("A run past it is a failure"), "{option}");

    for name in ['n', 's', 'e', 'p', 't', 'f'] {
        let targets = editor.definitions(name)?;
        assert_eq!(targets.len(), 1, "{name}: {targets:#?}");
    }

    let all = editor.completions('a')?;
    for word in ["critical", "degraded", "startup", "liveness", "timeout"] {
        assert!(all.iter().any(|label| label == word), "{word}: {all:?}");
    }
    let classes = editor.completions('b')?;
    assert!(
        classes.iter().any(|label| label == "critical"),
        "{classes:?}"
    );
    let options = editor.completions('d')?;
    assert!(
        options.iter().any(|label| label == "timeout"),
        "{options:?}"
    );
    let features = editor.completions('g')?;
    assert!(
        features.iter().any(|label| label == "SEARCH"),
        "{features:?}"
    );
    Ok(())
}

/// rust-analyzer with the program open.
struct Editor {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    uri: String,
    text: String,
    places: Vec<(char, usize)>,
    last: u64,
}

impl Editor {
    fn open(analyzer: &str, project: &Path) -> Result<Editor> {
        let core = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../health-core")
            .canonicalize()?;
        let manifest = format!(
            "[package]\nname = \"edited\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\nhealth-core = {{ path = \"{}\", default-features = false }}\n",
            core.display()
        );
        let (text, places) = without_marks(PROGRAM);
        std::fs::create_dir(project.join("src"))?;
        std::fs::write(project.join("Cargo.toml"), manifest)?;
        std::fs::write(project.join("src/lib.rs"), &text)?;
        std::fs::copy(core.join("../Cargo.lock"), project.join("Cargo.lock"))?;
        let mut process = Command::new(analyzer)
            .env("CARGO_NET_OFFLINE", "true")
            .current_dir(project)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let input = process.stdin.take().ok_or("piped")?;
        let output = BufReader::new(process.stdout.take().ok_or("piped")?);
        let root = format!("file://{}", project.canonicalize()?.display());
        let uri = format!("{root}/src/lib.rs");
        let mut editor = Editor {
            process,
            input,
            output,
            uri,
            text,
            places,
            last: 0,
        };
        editor.ask(
            "initialize",
            &json!({
                "processId": null,
                "rootUri": root,
                "capabilities": {
                    "experimental": { "serverStatusNotification": true },
                    "textDocument": { "hover": { "contentFormat": ["markdown"] } },
                },
                "initializationOptions": { "checkOnSave": false, "cachePriming": { "enable": false } },
            }),
        )?;
        editor.tell("initialized", &json!({}))?;
        let document =
            json!({ "uri": editor.uri, "languageId": "rust", "version": 1, "text": editor.text });
        editor.tell("textDocument/didOpen", &json!({ "textDocument": document }))?;
        // Then it has read the crates, and has built the macro.
        loop {
            let message = editor.read()?;
            if message["method"] == "experimental/serverStatus"
                && message["params"]["quiescent"] == true
            {
                return Ok(editor);
            }
            editor.answer(&message)?;
        }
    }

    fn hover(&mut self, name: char) -> Result<String> {
        let shown = self.at(name, "textDocument/hover")?;
        Ok(shown["contents"]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    fn definitions(&mut self, name: char) -> Result<Vec<Value>> {
        let targets = self.at(name, "textDocument/definition")?;
        Ok(targets.as_array().cloned().unwrap_or_default())
    }

    fn completions(&mut self, name: char) -> Result<Vec<String>> {
        let completed = self.at(name, "textDocument/completion")?;
        let items = completed["items"].as_array().or(completed.as_array());
        let labels = items
            .into_iter()
            .flatten()
            .filter_map(|item| item["label"].as_str());
        Ok(labels.map(ToOwned::to_owned).collect())
    }

    fn at(&mut self, name: char, method: &str) -> Result<Value> {
        let (_, place) = self
            .places
            .iter()
            .find(|(n, _)| *n == name)
            .ok_or("a mark")?;
        let before = &self.text[..*place];
        let line = before.matches('\n').count();
        let character = before.len() - before.rfind('\n').map_or(0, |end| end + 1);
        let position = json!({ "line": line, "character": character });
        let document = json!({ "uri": self.uri });
        self.ask(
            method,
            &json!({ "textDocument": document, "position": position }),
        )
    }

    fn ask(&mut self, method: &str, params: &Value) -> Result<Value> {
        self.last += 1;
        let id = self.last;
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
        loop {
            let message = self.read()?;
            if message["id"] == id && message.get("method").is_none() {
                // It has changed its mind about the program: ask again.
                if message["error"]["code"] == -32801 {
                    return self.ask(method, params);
                }
                return Ok(message["result"].clone());
            }
            self.answer(&message)?;
        }
    }

    /// Nothing of what it asks matters here.
    fn answer(&mut self, message: &Value) -> Result<()> {
        match (message.get("method"), message.get("id")) {
            (Some(_), Some(id)) => {
                self.write(&json!({ "jsonrpc": "2.0", "id": id, "result": null }))
            }
            _ => Ok(()),
        }
    }

    fn tell(&mut self, method: &str, params: &Value) -> Result<()> {
        self.write(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    fn write(&mut self, message: &Value) -> Result<()> {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len())?;
        Ok(self.input.flush()?)
    }

    fn read(&mut self) -> Result<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line)? == 0 {
                return Err("rust-analyzer ended".into());
            }
            match line.trim().split_once(": ") {
                Some(("Content-Length", bytes)) => length = bytes.parse()?,
                Some(_) => {}
                None => break,
            }
        }
        let mut text = vec![0; length];
        self.output.read_exact(&mut text)?;
        Ok(serde_json::from_slice(&text)?)
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program without `^` and the letter behind it, and where they were.
fn without_marks(marked: &str) -> (String, Vec<(char, usize)>) {
    let mut text = String::new();
    let mut places = Vec::new();
    let mut letters = marked.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '^' => places.extend(letters.next().map(|name| (name, text.len()))),
            letter => text.push(letter),
        }
    }
    (text, places)
}
