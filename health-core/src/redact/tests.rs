use super::*;
use crate::redact::texts::{self, WITH_SECRETS};

/// What is redacted, and to what. `SECRET` must be gone in any case.
const REDACTED: &[(&str, &str)] = &[
    // URLs.
    (
        "cannot reach postgres://orders:SECRET@db:5432/orders",
        "cannot reach postgres://***@db:5432/orders",
    ),
    (
        "redis://:SECRET@cache/0 refused",
        "redis://***@cache/0 refused",
    ),
    ("amqp://orders:SEC/RET@queue", "amqp://***@queue"),
    ("https://orders:SEC@RET@host/x", "https://***@host/x"),
    (
        "postgres://user:p/a@SECRET@host/db",
        "postgres://***@host/db",
    ),
    ("postgres://user:12/34SECRET@host", "postgres://***@host"),
    ("postgres://user:/SECRET@host", "postgres://***@host"),
    ("bad postgres://u:SEC\"RET@h x", "bad postgres://***@h x"),
    ("bad postgres://u:SEC<RET@h x", "bad postgres://***@h x"),
    ("redis://:/SECRET@cache/0", "redis://***@cache/0"),
    ("mongodb://u:SEC?RET#1@h1,h2/db", "mongodb://***@h1,h2/db"),
    (
        "invalid url 'amqp://u:SECRET@h/': bad",
        "invalid url 'amqp://***@h/': bad",
    ),
    (
        r#"bad url "amqp://u:SEC\"RET@h/", x"#,
        r#"bad url "amqp://***@h/", x"#,
    ),
    (
        "clone https://SECRET@github.com/a/b",
        "clone https://***@github.com/a/b",
    ),
    ("jdbc:mysql://root:SECRET@db/x", "jdbc:mysql://***@db/x"),
    (
        "jdbc:oracle:thin:scott/SECRET@//db:1521/x",
        "jdbc:***@//db:1521/x",
    ),
    ("root:SECRET@tcp(db:3306)/orders", "***@tcp(db:3306)/orders"),
    (":SECRET@cache:6379", ":***@cache:6379"),
    ("GET /?sig=SECRET&n=1", "GET /?sig=***&n=1"),
    ("GET /?access_key=SECRET&n=1", "GET /?access_key=***&n=1"),
    ("GET /?key=AIzaSECRET", "GET /?key=***"),
    ("GET /x?auth=SECRET#top", "GET /x?auth=***"),
    (
        "GET /x?X-Amz-Signature=SECRET&x=1",
        "GET /x?X-Amz-Signature=***&x=1",
    ),
    // Names and values.
    (
        "host=db password=SECRET user=orders",
        "host=db password=*** user=orders",
    ),
    (
        "host=db password = SECRET user=orders",
        "host=db password = *** user=orders",
    ),
    ("PGPASSWORD='SECRET and more' psql", "PGPASSWORD=*** psql"),
    ("password=SEC,RET user=a", "password=*** user=a"),
    ("{password=SECRET, n=1}", "{password=***, n=1}"),
    ("secret_key=SECRET", "secret_key=***"),
    ("SECRET_KEY_BASE=abc", "SECRET_KEY_BASE=***"),
    ("token_value=SECRET", "token_value=***"),
    ("encryption_key=SECRET", "encryption_key=***"),
    ("sessionid=SECRET", "sessionid=***"),
    ("user[password]=SECRET", "user[password]=***"),
    ("auth=Bearer SECRET", "auth=***"),
    (":password => \"SECRET\"", ":password => ***"),
    (
        "AccountName=a;AccountKey=SECRET==;EndpointSuffix=x",
        "AccountName=a;AccountKey=***;EndpointSuffix=x",
    ),
    (
        "Server=db;Password=SECRET;Data Source=x",
        "Server=db;Password=***;Data Source=x",
    ),
    ("DSN=x;password={SEC;RET};n=1", "DSN=x;password=***;n=1"),
    (
        "jdbc:sqlserver://db;user=sa;password=SECRET;x=1",
        "jdbc:sqlserver://db;user=sa;password=***;x=1",
    ),
    ("password:SECRET", "password:***"),
    ("password: hunter2", "password: ***"),
    ("password: huntEr", "password: ***"),
    ("password: 1234", "password: ***"),
    ("api_key: 'SECRET'", "api_key: ***"),
    ("token: 9f86d081884c", "token: ***"),
    ("X-Api-Key: SECRET", "X-Api-Key: ***"),
    (
        r#"Config { user: "a", password: Some("SECRET") }"#,
        r#"Config { user: "a", password: Some(***) }"#,
    ),
    (
        r#"Config { password: Secret(b"SECRET"), n: 1 }"#,
        "Config { password: Secret(***), n: 1 }",
    ),
    (r#"Password("SECRET")"#, "Password(***)"),
    ("private_key: [1, 2, 3], n: 1", "private_key: ***, n: 1"),
    (
        r#"{"user":"orders","password":"hunt\"SECRET","n":1}"#,
        r#"{"user":"orders","password":***,"n":1}"#,
    ),
    (r#"{"password" : "SECRET"}"#, r#"{"password" : ***}"#),
    (
        r#"body was "{\"api_key\":\"SECRET\"}""#,
        r#"body was "{\"api_key\":***}""#,
    ),
    (
        r#"{"name":"DB_PASSWORD","value":"SECRET"}"#,
        r#"{"name":"DB_PASSWORD","value":***}"#,
    ),
    (
        r#"<add key="Password" value="SECRET"/>"#,
        r#"<add key="Password" value=***/>"#,
    ),
    ("<password>SECRET</password>", "<password>***</password>"),
    (
        "<ns:Password type=\"t\">SECRET</ns:Password>",
        "<ns:Password type=\"t\">***</ns:Password>",
    ),
    (
        "<secret><![CDATA[SECRET]]></secret>",
        "<secret>***</secret>",
    ),
    (
        "ALTER ROLE a PASSWORD 'SECRET'",
        "ALTER ROLE a PASSWORD ***",
    ),
    ("SET PASSWORD = 'SECRET'", "SET PASSWORD = ***"),
    (
        "CREATE USER a IDENTIFIED BY 'SEC''RET' x",
        "CREATE USER a IDENTIFIED BY *** x",
    ),
    (
        "psql --password SECRET --host db",
        "psql --password *** --host db",
    ),
    ("tool --token=SECRET x", "tool --token=*** x"),
    ("java -password SECRET", "java -password ***"),
    ("PWD={SE}}CRET};UID=a", "PWD=***;UID=a"),
    ("<password value=\"SECRET\"/>", "<password value=***/>"),
    (
        "<string name=\"password\">SECRET</string>",
        "<string name=\"password\">***</string>",
    ),
    // Headers.
    ("Authorization: Bearer SECRET.abc", "Authorization: ***"),
    ("Authorization: Token SECRET", "Authorization: ***"),
    ("Authorization: ApiKey SECRET", "Authorization: ***"),
    ("Authorization: Basic U0VD", "Authorization: ***"),
    (
        "authorization: Digest username=\"a\", response=\"SECRET\"\nHost: a",
        "authorization: ***\\nHost: a",
    ),
    (
        "curl -H 'Authorization: Token SECRET' http://a",
        "curl -H 'Authorization: ***' http://a",
    ),
    (
        r#"{"authorization": "Bearer SECRET", "n": 1}"#,
        r#"{"authorization": ***, "n": 1}"#,
    ),
    ("Cookie: a=1; session=SECRET", "Cookie: ***"),
    (
        "Set-Cookie: id=SECRET; Path=/\r\nHost: a",
        r"Set-Cookie: ***\r\nHost: a",
    ),
    (r"Cookie: a=1; b=SECRET\nHost: a", r"Cookie: ***\nHost: a"),
    ("sent bearer hunter2", "sent bearer ***"),
    ("sent Bearer SECRET", "sent Bearer ***"),
    ("sent Basic b3JkZXJzOmh1bnRlcjI=", "sent Basic ***"),
    ("cookie: SECRET", "cookie: ***"),
    (
        r#"[("authorization", "Token SECRET")]"#,
        r#"[("authorization", ***)]"#,
    ),
    (r#"("x-api-key", "SECRET")"#, r#"("x-api-key", ***)"#),
    // Tokens that are known by themselves.
    (
        "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.SECRET expired",
        "jwt *** expired",
    ),
    ("got ghp_16C7e42F292c6912E7710c838347Ae178B4a.", "got ***."),
    ("got github_pat_11AAAAAAA0abcdefghij_SECRET", "got ***"),
    ("got xoxb-123456789012-SECRET", "got ***"),
    ("got sk_live_4eC39HqLyjWDarjtT1zdp7dc", "got ***"),
    ("got glpat-abcdefghij1234567890", "got ***"),
    ("got (AKIAIOSFODNN7EXAMPLE)", "got (***)"),
    ("got AIzaSyA1234567890abcdefghijklmnopqrstuv", "got ***"),
    ("got npm_abcdefghijklmnopqrstuvwxyz0123456789", "got ***"),
    ("got hvs.CAESIJabcdefghijklmnop1234", "got ***"),
    ("got SG.abcdefghijklmnopqrstuv.SECRET", "got ***"),
    (r"a\nghp_16C7e42F292c6912E7710c838347Ae178B4a", r"a\n***"),
    (
        "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY----- is bad",
        "*** is bad",
    ),
    ("-----BEGIN RSA PRIVATE KEY-----\nSECRET", "***"),
    (
        "key=-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----",
        "key=***",
    ),
    // Encoded.
    (
        "x?next=postgres%3A%2F%2Fuser%3ASECRET%40host",
        "x?next=postgres%3A%2F%2F***%40host",
    ),
    (
        "x?next=postgres%253A%252F%252Fuser%253ASECRET%2540host",
        "x?next=postgres%253A%252F%252F***%2540host",
    ),
    (
        "x?q=password%3DSECRET%26n%3D1",
        "x?q=password%3D***%26n%3D1",
    ),
    (
        "x?q=%7B%22password%22%3A%22SECRET%22%7D",
        "x?q=%7B%22password%22%3A***%7D",
    ),
];

/// What is shown as it is.
const HARMLESS: &[&str] = &[
    // sqlx and databases.
    "error returned from database: relation \"orders\" does not exist",
    "error returned from database: duplicate key value violates unique constraint \"orders_pkey\"",
    "duplicate key value violates unique constraint \"orders_pkey\": Key (id)=(7) already exists.",
    "password authentication failed for user \"orders\"",
    "password: authentication failed",
    "Access denied for user 'orders'@'10.0.0.7' (using password: YES)",
    "Access denied for user 'root'@'localhost' (using password: NO)",
    "Duplicate entry '7' for key 'orders.PRIMARY'",
    "pool timed out while waiting for an open connection",
    "error communicating with database: Connection reset by peer (os error 104)",
    "unable to open database file: data/orders.db: Error code 14",
    "syntax error at or near \"SELEC\" at character 1",
    "FATAL: no pg_hba.conf entry for host \"10.0.0.7\", user \"orders\", database \"orders\", SSL off",
    "no password supplied",
    "FATAL: sorry, too many clients already (SQLSTATE 53300)",
    // redis.
    "WRONGTYPE: Operation against a key holding the wrong kind of value",
    "NOAUTH: Authentication required.",
    "AUTH failed: WRONGPASS invalid username-password pair or user is disabled.",
    "Password authentication failed- AuthenticationFailed",
    "MOVED: 3999 127.0.0.1:6381",
    "no such key: orders",
    "unknown configuration key: \"orders.url\"",
    // reqwest, hyper, tonic.
    "error sending request for url (http://prices.internal:8080/v1/prices?day=today)",
    "error trying to connect: tcp connect error: Connection refused (os error 111)",
    "error sending request for url (https://auth.internal/oauth/token): connection closed before message completed",
    "http://host:8080/users/jane@example.com: 404 Not Found",
    "https://registry.npmjs.org/@scope/name: 503",
    "http://[2001:db8::1]:8080/a@b: timed out",
    "HTTP status client error (401 Unauthorized) for url (https://api.internal:8443/v2/tokens)",
    "invalid HTTP version parsed",
    "status: Unauthenticated, message: \"invalid credentials\", details: [], metadata: MetadataMap { headers: {} }",
    "status: Unavailable, message: \"dns error: failed to lookup address\", details: []",
    "authorization: permission denied by policy",
    "cookie: expired",
    "invalid bearer token",
    "basic checks failed at 10:00:00",
    "Basic authentication failed",
    "could not get token: error sending request",
    "token: 404 Not Found",
    "invalid token: ExpiredSignature",
    // rustls.
    "invalid peer certificate: UnknownIssuer",
    "invalid peer certificate: certificate expired: verification time 1700000000 (UNIX)",
    "invalid signature: certificate expired",
    "received fatal alert: HandshakeFailure",
    "no private key: found in orders.pem",
    "unsupported signature: sha256",
    // io.
    "No such file or directory (os error 2)",
    "Permission denied (os error 13): /run/secrets/db",
    "failed to read secret: /run/secrets/db-1: No such file or directory",
    "broken pipe",
    "failed to fill whole buffer",
    "Too many open files (os error 24)",
    // serde and parsers.
    "EOF while parsing a value at line 1 column 0",
    "missing field `token` at line 1 column 2",
    "unknown field `password`, expected `user` or `host` at line 3 column 7",
    "invalid type: string \"abc\", expected u64 at line 1 column 20",
    "invalid token: unexpected end of file",
    "Unexpected token: EOF",
    "unexpected token: \"}\"",
    "expected ident, found keyword: type",
    "{\"token\":null,\"password\":\"\"}",
    "src/token.rs:12:5",
    "secrets.yaml: not found",
    "config/secret.json:3:14: trailing comma",
    "expected one of \"password\", \"user\"",
    "amqp://queue:5672\",\"jane@example.com",
    "<http://host:8080>,jane@example.com",
    // Names that hold such a word.
    "secret: not found",
    "kubernetes secret: not found",
    "no such secret: orders-db",
    "secrets \"orders-db\" not found",
    "token-service:8080: connection refused",
    "secret-store.internal:443 refused",
    "std::sync::poison: token::Error::Invalid",
    "tokio::task::JoinError::Cancelled",
    "author: somebody",
    "use --password to set one",
    "--password is required",
    "token_type=bearer",
    "password_file=/run/db",
    "routing_key=orders.created",
    "<Code>NoSuchKey</Code><Key>a/b/c</Key>",
    "password= user=orders",
    "expected <token> but got x",
    // Addresses, times and paths.
    "orders.internal:5432",
    "[::1]:8080 and fe80::1%eth0",
    "2001:db8::7",
    "at 2026-02-03T10:00:00.000Z",
    "10:00:00 +0100",
    "C:\\data\\orders.db",
    "git@github.com:acme/orders.git",
    "jane@example.com is unknown",
    "registry/app:1.2@sha256:0123456789abcdef",
    "a <b> & c: 100 % of 5 = 5",
    "«data» n’existe\u{a0}pas: データ",
    "550e8400-e29b-41d4-a716-446655440000",
    "it's 'quoted' and \"quoted\"",
    "-----",
];

fn redacted_texts() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    REDACTED.iter().chain(WITH_SECRETS)
}

fn harmless_texts() -> impl Iterator<Item = &'static str> {
    HARMLESS.iter().chain(texts::HARMLESS).copied()
}

#[test]
fn credentials_are_masked_and_the_rest_is_kept() {
    let wrong = redacted_texts().filter(|(text, expected)| &*redacted(text) != *expected);
    let wrong: Vec<_> = wrong
        .map(|(text, expected)| (text, redacted(text), expected))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_no_credential_is_left_alone() {
    let wrong = harmless_texts().filter(|text| &*redacted(text) != *text);
    let wrong: Vec<_> = wrong.map(|text| (text, redacted(text))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn credentials_are_masked_in_the_middle_of_a_text_as_well() {
    for (text, expected) in redacted_texts() {
        for before in ["", "x ", "error: ", "orders\n", "(", "a: b, "] {
            let expected = format!("{before}{expected}").replace('\n', "\\n");
            assert_eq!(
                &*redacted(&format!("{before}{text}")),
                expected,
                "{before:?} {text}"
            );
        }
    }
}

#[test]
fn every_known_token_is_masked() {
    for (prefix, rest) in names::PREFIXES {
        let token = format!("{prefix}{}", "a1B2".repeat(20).split_at(rest).0);
        for before in ["", " ", "got ", "bad "] {
            let text = format!("{before}{token} is bad");
            assert_eq!(&*redacted(&text), format!("{before}*** is bad"));
        }
    }
}

#[test]
fn the_rest_of_a_text_does_not_bring_a_credential_back() {
    for (text, _) in REDACTED
        .iter()
        .filter(|(text, _)| text.contains("SECRET") && !text.starts_with("SECRET_"))
    {
        for (other, _) in REDACTED {
            for between in [" ", "\n", ", "] {
                let shown = redacted(&format!("{text}{between}{other}"));
                let shown = shown.split("SECRET_KEY_BASE").collect::<String>();
                assert!(!shown.contains("SECRET"), "{text}{between}{other}: {shown}");
            }
        }
    }
}

#[test]
fn a_long_text_is_cut_between_characters() {
    let text = redacted(&"é".repeat(1_000_000));
    assert!(
        text.len() <= SHOWN && text.ends_with("é…"),
        "{}",
        text.len()
    );
    assert_eq!(redacted(&"x".repeat(1024)).len(), 1024);
    assert!(redacted(&"x ".repeat(1_000)).ends_with("x…"));
}

#[test]
fn a_secret_that_lost_its_end_is_masked_from_its_beginning() {
    for (text, expected) in [
        ("postgres://orders:", "postgres://***"),
        ("postgres://", "postgres://***"),
        ("{\"password\":\"", "{\"password\":***"),
        ("password='", "password=***"),
        ("password: ", "password: ***"),
        ("x%3A%2F%2Fuser%3A", "x%3A%2F%2F***"),
        ("-----BEGIN PRIVATE KEY-----", "***"),
    ] {
        let text = format!("{text}{}", "z".repeat(READ));
        let expected = format!("{expected}{ELLIPSIS}");
        assert_eq!(&*redacted(&text), expected);
        let text = format!("{}{text}", "é ".repeat(300));
        let expected = format!("{}{expected}", "é ".repeat(300));
        assert_eq!(&*redacted(&text), expected);
    }
}

#[test]
fn a_secret_that_ends_behind_what_is_shown_is_masked() {
    for (text, end) in [
        ("postgres://orders:", "@db"),
        ("root:", "@tcp(db)"),
        ("password: \"", "\""),
    ] {
        for before in 900..1_030 {
            let text = format!(
                "{} {text}{}{end} and more",
                "x".repeat(before),
                "z".repeat(300)
            );
            let shown = redacted(&text);
            assert!(!shown.contains('z'), "{shown}");
        }
    }
}

/// What the rules look at.
const PIECES: &[&str] = &[
    "password",
    "token",
    "key",
    "Authorization",
    "cookie",
    "value",
    "name",
    "by",
    "identified",
    "jdbc",
    "http",
    "x",
    "SECRET",
    "hunter2",
    "Bearer",
    "Basic",
    "token",
    "12",
    "ghp_abcdefghij1234567890",
    "eyJabcdefgh12",
    "--",
    "-----BEGIN ",
    "-----END ",
    "-----",
    "://",
    "//",
    ":",
    ": ",
    "=",
    " = ",
    "=>",
    "@",
    "/",
    "?",
    "#",
    "&",
    ",",
    ";",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    "</",
    ">",
    "\"",
    "'",
    "`",
    "\\",
    "\\\"",
    "\\n",
    "\n",
    "\r",
    " ",
    "  ",
    "\t",
    "%",
    "%3A",
    "%2F%2F",
    "%40",
    "%3D",
    "%25",
    "%22",
    "***",
    "*",
    "…",
    "é",
    "\u{301}",
    "\u{202e}",
    "\u{a0}",
    "\0",
    "字",
    ".",
    "-",
    "_",
    "|",
    "<![CDATA[",
    "Some(",
    "u",
    "mysql ",
    "login",
    " -p",
    "-u",
    " -a ",
    "--user ",
    "IDENTIFIED",
    "BY ",
    "PASSWORD",
    "FOR ",
    "session",
    "sid",
    "pw",
    "hooks.x/",
    "webhooks/",
    "AAabcdefghij1234567890abcdefghij",
    "123456789:",
    "9f86d081884c7d659a2f",
    "&quot;",
    "\\u0022",
    "%22",
    "@//",
    "(\"",
    "\")",
    "</name><value>",
    "|\n  ",
    "\n- ",
    "X-",
    "unexpected ",
    "N'",
    "longer prose without anything in it ",
];

/// Texts that are put together from what the rules look at.
fn texts(count: usize) -> impl Iterator<Item = String> {
    let mut random = fastrand::Rng::with_seed(7);
    (0..count).map(move |_| {
        let pieces = random.usize(0..40);
        let mut text: String = (0..pieces)
            .map(|_| *random.choice(PIECES).expect("there are pieces"))
            .collect();
        if random.u8(0..20) == 0 {
            text = text.repeat(random.usize(1..200));
        }
        text
    })
}

#[test]
fn every_text_gives_one_line_of_1_kib_that_stays_the_same() {
    let table = redacted_texts().map(|(text, _)| (*text).to_owned());
    for text in table.chain(texts(30_000)) {
        let shown = redacted(&text);
        assert!(shown.len() <= SHOWN, "{text:?}");
        assert!(!shown.contains(char::is_control), "{text:?}");
        assert_eq!(redacted(&shown), shown, "{text:?}");
    }
}

#[test]
fn every_sequence_of_characters_is_read() {
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..5_000 {
        let text: String = (0..random.usize(0..60)).map(|_| random.char(..)).collect();
        let shown = redacted(&text);
        assert_eq!(redacted(&shown), shown, "{text:?}");
    }
}

#[test]
fn in_a_plain_text_no_secret_is_found() {
    let harmless = harmless_texts().map(str::to_owned);
    let redacted = redacted_texts().map(|(text, _)| (*text).to_owned());
    for text in harmless.chain(redacted).chain(texts(30_000)) {
        for text in [format!(" {text}"), text] {
            if is_plain(text.as_bytes()) {
                assert_eq!(
                    once(&text).filter(|_| text.len() <= SHOWN),
                    None,
                    "{text:?}"
                );
            }
        }
    }
}

/// The time of the whole scan is measured, without the limits of what is read and shown.
#[test]
#[ignore = "measures time, which decides no test of the gate"]
fn time_is_linear_in_the_text() {
    let time = |text: &str| {
        let times = (0..5).map(|_| {
            let start = std::time::Instant::now();
            std::hint::black_box(secrets(text, true, usize::MAX));
            start.elapsed()
        });
        times.min().expect("there are five times")
    };
    for piece in [
        "://",
        "a:",
        "a@",
        ":@",
        "'://",
        "\"x://a",
        "x://a/",
        "a:a://",
        "%3A%2F%2F",
        "%3A%2F%2F%40",
        "password=",
        "key: '",
        "key:",
        "a,",
        "=a,b",
        "password ",
        "Cookie: ",
        "<password>",
        "<token ",
        "-----BEGIN ",
        "eyJ",
        "%25",
        "\\",
        "\\\"",
        "token=a;",
        "--token ",
        "a",
        " ",
        "http://h:1/@",
        "é",
        "authorization: a",
        "\"a://\\",
        "key=[",
        "key={",
        "value=",
        "http%3A%2F%2Fh%3A1%2F",
        "x://a/@ ",
        "mysql -p",
        "-p -p ",
        "-u a:",
        "identified by BY ",
        "a@//",
        "a/a@//",
        "webhooks/a/",
        "webhooks/a?",
        "&quot;",
        "token:&quot;",
        "\\u0022",
        "password: |\n ",
        "password: >\n  a\n",
        "\n  password: a",
        "{password: a,",
        "key=(a,",
        "key=(",
        "password(\"a\", ",
        "password(\"",
        "</name><value>",
        "token\", \"",
        "token a1a1a1a1a1a1a1a1 ",
        "1:AA",
    ] {
        let (short, long) = (
            piece.repeat(4_000 / piece.len()),
            piece.repeat(64_000 / piece.len()),
        );
        let (short, long) = (time(&short), time(&long));
        // 16 times the text; a square would be 256.
        assert!(
            long < short * 80 + std::time::Duration::from_millis(5),
            "{piece:?}: {short:?}, {long:?}"
        );
    }
}

#[test]
#[ignore = "prints the time a byte takes; run it with --release and --nocapture"]
fn time_of_a_byte() {
    let prose = "could not obtain a connection from the pool within the limit: connection refused (os error 111), \
        tried 3 times; the server hung up before the response was complete. ";
    let names = "duplicate key value violates unique constraint \"orders_key\": invalid token: unexpected end of file. ";
    let secret = "cannot reach postgres://orders:hunter2@db:5432/orders: password=hunter2 refused (os error 111). ";
    let time = |work: &dyn Fn()| {
        let rounds = (0..9).map(|_| {
            let start = std::time::Instant::now();
            (0..5_000).for_each(|_| work());
            start.elapsed().as_secs_f64() * 1e9 / 5_000.
        });
        rounds.fold(f64::MAX, f64::min)
    };
    for (kind, text) in [("prose", prose), ("names", names), ("secrets", secret)] {
        for bytes in [100_u16, 1024, 4096] {
            let text = &text.repeat(50)[..usize::from(bytes)];
            let copy = time(&|| drop(std::hint::black_box(std::hint::black_box(text).to_owned())));
            let mask = time(&|| drop(std::hint::black_box(redacted(std::hint::black_box(text)))));
            let (a, b) = (mask / f64::from(bytes), copy / f64::from(bytes));
            println!(
                "{kind:8} {bytes:5} B: {mask:7.0} ns, {a:.2} ns/B; copy {copy:5.0} ns, {b:.3} ns/B; {:.1} times",
                mask / copy
            );
        }
    }
}
