use super::*;

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
    REDACTED.iter().chain(PRINTED)
}

fn harmless_texts() -> impl Iterator<Item = &'static str> {
    HARMLESS.iter().chain(PRINTED_HARMLESS).copied()
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

/// What libraries and tools print, and what is shown of it.
const PRINTED: &[(&str, &str)] = &[
    (
        "https://api.telegram.org/bot123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc/getMe: timed out",
        "https://api.telegram.org/bot123456789:***: timed out",
    ),
    (
        "bot 123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc is unknown",
        "bot 123456789:*** is unknown",
    ),
    (
        r#"error connecting to server: invalid connection string "postgresql://app_user:Tr0ub4dor&3@pg-1.internal:5432,pg-2.internal:5432/app?sslmode=require""#,
        r#"error connecting to server: invalid connection string "postgresql://***@pg-1.internal:5432,pg-2.internal:5432/app?sslmode=require""#,
    ),
    (
        "connection to server failed: host=db.internal port=5432 dbname=app user=app password=Tr0ub4dor&3 sslmode=require connect_timeout=10",
        "connection to server failed: host=db.internal port=5432 dbname=app user=app password=*** sslmode=require connect_timeout=10",
    ),
    (
        r#"Error 1045: Access denied; dsn="root:p@ss:w/rd@unix(/tmp/mysql.sock)/app""#,
        r#"Error 1045: Access denied; dsn="***@unix(/tmp/mysql.sock)/app""#,
    ),
    (
        "MongoServerError: bad auth : Authentication failed. uri mongodb+srv://svc:c0rrect%40horse@cluster0.ab1cd.mongodb.net/?retryWrites=true&w=majority",
        "MongoServerError: bad auth : Authentication failed. uri mongodb+srv://***@cluster0.ab1cd.mongodb.net/?retryWrites=true&w=majority",
    ),
    (
        "Redis connection to rediss://default:AVNS_k3jd8Kd2@redis-1.c1.eu.aivencloud.com:12345 failed - ECONNREFUSED",
        "Redis connection to rediss://***@redis-1.c1.eu.aivencloud.com:12345 failed - ECONNREFUSED",
    ),
    (
        "redis.exceptions.ConnectionError: Error 111 connecting to redis://:swordfish@localhost:6379/0. Connection refused.",
        "redis.exceptions.ConnectionError: Error 111 connecting to redis://***@localhost:6379/0. Connection refused.",
    ),
    (
        "AMQPConnectionException: amqps://guest:guest@rabbit:5671/%2f timed out",
        "AMQPConnectionException: amqps://***@rabbit:5671/%2f timed out",
    ),
    (
        r#"org.apache.kafka.common.KafkaException: Failed to load sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="svc" password="swordfish";"#,
        r#"org.apache.kafka.common.KafkaException: Failed to load sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="svc" password=***;"#,
    ),
    (
        "sasl.jaas.config = org.apache.kafka.common.security.scram.ScramLoginModule required username=svc password=sword;fish;",
        "sasl.jaas.config = org.apache.kafka.common.security.scram.ScramLoginModule required username=svc password=***;",
    ),
    (
        "sasl.password=swordfish sasl.mechanism=PLAIN is not supported",
        "sasl.password=*** sasl.mechanism=PLAIN is not supported",
    ),
    (
        "jdbc:oracle:thin:system/manager1@db:1521:XE: ORA-12505, TNS:listener does not currently know of SID",
        "jdbc:***@db:1521:XE: ORA-12505, TNS:listener does not currently know of SID",
    ),
    (
        "ORA-01017: invalid username/password; logon denied (connect string scott/tiger@//db.internal:1521/ORCLPDB1)",
        "ORA-01017: invalid username/password; logon denied (connect string ***@//db.internal:1521/ORCLPDB1)",
    ),
    (
        "jdbc:sqlserver://sql.internal:1433;databaseName=app;user=sa;password={a;b}}c};encrypt=true",
        "jdbc:sqlserver://sql.internal:1433;databaseName=app;user=sa;password=***;encrypt=true",
    ),
    (
        "Driver={ODBC Driver 18 for SQL Server};Server=tcp:sql,1433;Uid=sa;Pwd=Passw0rd!;Encrypt=yes; login timeout expired",
        "Driver={ODBC Driver 18 for SQL Server};Server=tcp:sql,1433;Uid=sa;Pwd=***;Encrypt=yes; login timeout expired",
    ),
    (
        r#"Server=tcp:sql,1433;User ID=sa;Password="sword fish";Encrypt=True"#,
        "Server=tcp:sql,1433;User ID=sa;Password=***;Encrypt=True",
    ),
    (
        r#"ldapsearch -x -D "cn=admin,dc=acme" -w swordfish -H ldap://ldap.internal failed"#,
        r#"ldapsearch -x -D "cn=admin,dc=acme" -w *** -H ldap://ldap.internal failed"#,
    ),
    (
        "clickhouse://default:swordfish@ch:9000/default: code: 516, Authentication failed",
        "clickhouse://***@ch:9000/default: code: 516, Authentication failed",
    ),
    (
        "failed to connect to nats://svc:swordfish@nats:4222",
        "failed to connect to nats://***@nats:4222",
    ),
    (
        "mqtts://device:swordfish@broker:8883 not authorized",
        "mqtts://***@broker:8883 not authorized",
    ),
    (
        "ftp://user:swordfish@ftp.internal/file.txt: 530 Login incorrect",
        "ftp://***@ftp.internal/file.txt: 530 Login incorrect",
    ),
    (
        "smtp://mailer%40acme.com:swordfish@smtp.internal:587",
        "smtp://***@smtp.internal:587",
    ),
    (
        "postgres://app:swordfish@[2001:db8::7]:5432/app: no route to host",
        "postgres://***@[2001:db8::7]:5432/app: no route to host",
    ),
    (
        "cockroachdb: postgres://app:пароль@db/app",
        "cockroachdb: postgres://***@db/app",
    ),
    (
        "postgres://app:a#b?c&d@db/app: bad",
        "postgres://***@db/app: bad",
    ),
    (
        "proxy http://user:swordfish@proxy:3128 refused; also http://user2:swordfish2@proxy2:3128",
        "proxy http://***@proxy:3128 refused; also http://***@proxy2:3128",
    ),
    (
        "HTTP_PROXY=http://user:swordfish@proxy:3128/",
        "HTTP_PROXY=http://***@proxy:3128/",
    ),
    (
        "request failed: Authorization: Basic dXNlcjpzd29yZGZpc2g=",
        "request failed: Authorization: ***",
    ),
    (
        "authorization: bearer abcdef0123456789",
        "authorization: ***",
    ),
    (
        r#"< Authorization: Digest username="Mufasa", realm="r", nonce="dcd98b", uri="/", response="6629fae49393a05397450978507c4ef1""#,
        "< Authorization: ***",
    ),
    (
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024",
        "Authorization: ***",
    ),
    (
        "The Canonical String for this request should have been 'GET'; Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1, Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024",
        "The Canonical String for this request should have been 'GET'; Credential=***, Signature=***",
    ),
    (
        "Authorization: Negotiate YIIJvwYGKwYBBQUCoIIJszCCCa",
        "Authorization: ***",
    ),
    (
        r#"Authorization: Hawk id="dh37fgj492je", ts="1353832234", nonce="j4h3g2", mac="6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=""#,
        "Authorization: ***",
    ),
    (
        "Proxy-Authorization: Basic dXNlcjpzd29yZGZpc2g=",
        "Proxy-Authorization: ***",
    ),
    (
        "Cookie: JSESSIONID=9F86D081884C7D65; theme=dark",
        "Cookie: ***",
    ),
    (
        "set-cookie: sid=s%3Aabc.def; Path=/; HttpOnly",
        "set-cookie: ***",
    ),
    (
        r#"headers: {"x-api-key": "swordfish", "accept": "*/*"}"#,
        r#"headers: {"x-api-key": ***, "accept": "*/*"}"#,
    ),
    (
        r#"headers: {"cookie": "sid=swordfish", "accept": "*/*"}"#,
        r#"headers: {"cookie": ***, "accept": "*/*"}"#,
    ),
    (
        r#"HeaderMap { "authorization": "Bearer swordfish", "x-amz-security-token": "swordfish2" }"#,
        r#"HeaderMap { "authorization": ***, "x-amz-security-token": *** }"#,
    ),
    ("X-Api-Key: swordfish", "X-Api-Key: ***"),
    ("X-Auth-Token: swordfish", "X-Auth-Token: ***"),
    ("X-Vault-Token: s.kj3h4kjh5", "X-Vault-Token: ***"),
    ("PRIVATE-TOKEN: swordfish", "PRIVATE-TOKEN: ***"),
    (
        "Ocp-Apim-Subscription-Key: swordfish",
        "Ocp-Apim-Subscription-Key: ***",
    ),
    ("api-key: 4c5e7a9b0d", "api-key: ***"),
    (
        "X-Shopify-Access-Token: swordfish",
        "X-Shopify-Access-Token: ***",
    ),
    (
        "curl: (22) curl -u admin:swordfish https://api.internal/v1 failed",
        "curl: (22) curl -u *** https://api.internal/v1 failed",
    ),
    (
        "curl --user admin:swordfish https://api.internal",
        "curl --user *** https://api.internal",
    ),
    (
        "curl -uadmin:swordfish https://api.internal",
        "curl -u*** https://api.internal",
    ),
    (
        r#"curl -H "X-Api-Key: swordfish" https://api.internal"#,
        r#"curl -H "X-Api-Key: ***" https://api.internal"#,
    ),
    (
        "curl -H 'Authorization: Bearer swordfish' https://api.internal",
        "curl -H 'Authorization: ***' https://api.internal",
    ),
    (
        r#"curl --header "PRIVATE-TOKEN: swordfish" https://gitlab.internal"#,
        r#"curl --header "PRIVATE-TOKEN: ***" https://gitlab.internal"#,
    ),
    (
        "curl --proxy-user joe:swordfish https://api.internal",
        "curl --proxy-user *** https://api.internal",
    ),
    (
        "wget --http-password=swordfish https://a",
        "wget --http-password=*** https://a",
    ),
    (
        "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_ACCESS_KEY_ID=*** AWS_SECRET_ACCESS_KEY=***",
    ),
    (
        "aws_session_token = FwoGZXIvYXdzEBYaDHqa0AP",
        "aws_session_token = ***",
    ),
    (
        r#"credentials: Credentials { access_key_id: "AKIAIOSFODNN7EXAMPLE", secret_access_key: "wJalrXUtnFEMI/K7MDENG" }"#,
        "credentials: Credentials { access_key_id: ***, secret_access_key: *** }",
    ),
    (
        "InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records: AKIAIOSFODNN7EXAMPLE",
        "InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records: ***",
    ),
    (
        r#"{"type":"service_account","project_id":"acme","private_key_id":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b","private_key":"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\n-----END PRIVATE KEY-----\n","client_email":"svc@acme.iam.gserviceaccount.com"}"#,
        r#"{"type":"service_account","project_id":"acme","private_key_id":***,"private_key":***,"client_email":"svc@acme.iam.gserviceaccount.com"}"#,
    ),
    (
        "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;EndpointSuffix=core.windows.net",
        "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=***;EndpointSuffix=core.windows.net",
    ),
    (
        "Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=swordfish12=;EntityPath=q",
        "Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=***;EntityPath=q",
    ),
    (
        "SharedAccessSignature sr=acme.azure-devices.net&sig=swordfish%3D&se=1700000000&skn=root",
        "SharedAccessSignature sr=acme.azure-devices.net&sig=***&se=1700000000&skn=root",
    ),
    (
        "https://acme.blob.core.windows.net/c/b?sv=2022-11-02&se=2026-01-01T00%3A00%3A00Z&sr=b&sp=r&sig=abc%2Fdef%3D: 403",
        "https://acme.blob.core.windows.net/c/b?sv=2022-11-02&se=2026-01-01T00%3A00%3A00Z&sr=b&sp=r&sig=***: 403",
    ),
    (
        "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
        "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=***&X-Amz-Signature=***",
    ),
    (
        "https://b.s3.amazonaws.com/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1141889120&Signature=vjbyPxybdZaNmGa%2ByT272YEAiv4%3D",
        "https://b.s3.amazonaws.com/k?AWSAccessKeyId=***&Expires=1141889120&Signature=***",
    ),
    (
        "https://storage.googleapis.com/b/o?X-Goog-Signature=247a2aa45f169edf&X-Goog-Algorithm=x",
        "https://storage.googleapis.com/b/o?X-Goog-Signature=***&X-Goog-Algorithm=x",
    ),
    (
        "POST https://discord.com/api/webhooks/123456789012345678/abcDEF-ghi_JKL0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP 404",
        "POST https://discord.com/api/webhooks/*** 404",
    ),
    (
        "//registry.npmjs.org/:_auth=dXNlcjpzd29yZGZpc2g=",
        "//registry.npmjs.org/:_auth=***",
    ),
    (
        "TWILIO_AUTH_TOKEN=9f86d081884c7d659a2feaa0c55ad015",
        "TWILIO_AUTH_TOKEN=***",
    ),
    (
        "invalid signature in eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        "invalid signature in ***",
    ),
    (
        "id_token=eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
        "id_token=***",
    ),
    (
        "could not parse -----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\nAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n-----END OPENSSH PRIVATE KEY-----\n at line 1",
        r"could not parse ***\n at line 1",
    ),
    (
        r#"could not parse "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY\n-----END EC PRIVATE KEY-----""#,
        r#"could not parse "***""#,
    ),
    (
        "PGP: -----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBF5abcdABCD\n-----END PGP PRIVATE KEY BLOCK-----",
        "PGP: ***",
    ),
    ("VAULT_TOKEN=s.8Z3wqTabcdefghijklmnopqr", "VAULT_TOKEN=***"),
    (
        "kubeconfig: users[0].user.token: eyJhbGciOiJSUzI1NiIsImtpZCI6IiJ9.eyJpc3MiOiJrdWJlcm5ldGVzIn0.AbCdEf",
        "kubeconfig: users[0].user.token: ***",
    ),
    (
        "client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo=",
        "client-key-data: ***",
    ),
    (
        "bootstrap token 07401b.f395accd246ae52d invalid",
        "bootstrap token *** invalid",
    ),
    (
        "kind: Secret\ndata:\n  password: c3dvcmRmaXNo\n  username: YXBw",
        r"kind: Secret\ndata:\n  password: ***\n  username: YXBw",
    ),
    (
        "toml parse error at line 3, column 12\n  |\n3 | password = \"swordfish\n  |            ^",
        r"toml parse error at line 3, column 12\n  |\n3 | password = ***",
    ),
    (
        "yaml: line 4: password: swordf1sh: mapping values are not allowed",
        "yaml: line 4: password: ***: mapping values are not allowed",
    ),
    (
        "database:\n  user: app\n  password: swordfish\n  host: db",
        r"database:\n  user: app\n  password: ***\n  host: db",
    ),
    (
        "database:\n  password: \"sword fish\"\n  host: db",
        r"database:\n  password: ***\n  host: db",
    ),
    (
        "database:\n  password: 'it''s'\n  host: db",
        r"database:\n  password: ***\n  host: db",
    ),
    ("password: |\n  Swordf1sh", r"password: |\n  ***"),
    (
        "password: >-\n  Swordf1sh\nhost: db",
        r"password: >-\n  ***\nhost: db",
    ),
    (
        r#"{"db":{"user":"app","password":"sword\"fish","port":5432},"apiKey":"swordfish"}"#,
        r#"{"db":{"user":"app","password":***,"port":5432},"apiKey":***}"#,
    ),
    (
        r#"invalid config {"db":{"password":["swordfish","swordfish2"]}}"#,
        r#"invalid config {"db":{"password":***}}"#,
    ),
    (
        r#"config: "{\"db\":{\"clientSecret\":\"sword\\\"fish\",\"n\":1}}""#,
        r#"config: "{\"db\":{\"clientSecret\":***,\"n\":1}}""#,
    ),
    (
        "{'db': {'user': 'app', 'password': 'swordfish'}}",
        "{'db': {'user': 'app', 'password': ***}}",
    ),
    (
        r#"{"password":12345678,"n":1}"#,
        r#"{"password":***,"n":1}"#,
    ),
    (
        r#"{password: "swordfish", user: "app"}"#,
        r#"{password: ***, user: "app"}"#,
    ),
    (
        r#"{\\\"password\\\":\\\"swordfish\\\"}"#,
        r#"{\\\"password\\\":***}"#,
    ),
    (
        r#".env: DB_PASSWORD="sword fish" DB_USER=app"#,
        ".env: DB_PASSWORD=*** DB_USER=app",
    ),
    ("DB_PASS=swordfish", "DB_PASS=***"),
    (
        "DATABASE_URL=postgres://app:swordfish@db/app",
        "DATABASE_URL=postgres://***@db/app",
    ),
    ("export API_TOKEN='sword fish'", "export API_TOKEN=***"),
    (
        "[client]\nuser=app\npassword=swordfish\nhost=db",
        r"[client]\nuser=app\npassword=***\nhost=db",
    ),
    (
        "[db]\npwd = sword#fish ; comment",
        r"[db]\npwd = *** ; comment",
    ),
    (
        r#"<connectionStrings><add name="x" connectionString="Server=db;User Id=sa;Password=swordfish;" /></connectionStrings>"#,
        r#"<connectionStrings><add name="x" connectionString="Server=db;User Id=sa;Password=***;" /></connectionStrings>"#,
    ),
    (
        r#"<property name="hibernate.connection.password">swordfish</property>"#,
        r#"<property name="hibernate.connection.password">***</property>"#,
    ),
    (
        "<property><name>fs.s3a.secret.key</name><value>swordfish</value></property>",
        "<property><name>fs.s3a.secret.key</name><value>***</value></property>",
    ),
    (
        r#"<db password="sword fish" user='app'/>"#,
        "<db password=*** user='app'/>",
    ),
    (
        r#"<wsse:Password Type="PasswordText">swordfish</wsse:Password>"#,
        r#"<wsse:Password Type="PasswordText">***</wsse:Password>"#,
    ),
    ("<apiKey>swordfish</apiKey>", "<apiKey>***</apiKey>"),
    (
        "<password>\n  swordfish\n</password>",
        "<password>***</password>",
    ),
    (
        r#"Config { db: Db { user: "app", password: "swordfish" } }"#,
        r#"Config { db: Db { user: "app", password: *** } }"#,
    ),
    (
        r#"Config { password: Password("swordfish"), token: Some(Token("swordfish2")) }"#,
        "Config { password: Password(***), token: Some(Token(***)) }",
    ),
    (
        r#"Password("swordfish") is too short"#,
        "Password(***) is too short",
    ),
    (
        r#"SecretString("swordfish") cannot be used"#,
        "SecretString(***) cannot be used",
    ),
    (r#"ApiKey("swordfish")"#, "ApiKey(***)"),
    (
        r#"PgConnectOptions { host: "db", port: 5432, username: "app", password: Some("swordfish"), database: None }"#,
        r#"PgConnectOptions { host: "db", port: 5432, username: "app", password: Some(***), database: None }"#,
    ),
    (
        "Config { password: swordfish, user: app }",
        "Config { password: ***, user: app }",
    ),
    (r#"{"password" => "swordfish"}"#, r#"{"password" => ***}"#),
    (
        "connect(host='db', user='app', password='swordfish', port=5432) failed",
        "connect(host='db', user='app', password=***, port=5432) failed",
    ),
    (
        r#"connect(host="db", passwd="swordfish")"#,
        r#"connect(host="db", passwd=***)"#,
    ),
    (
        "OperationalError: connect(**{'host': 'db', 'passwd': 'swordfish'})",
        "OperationalError: connect(**{'host': 'db', 'passwd': ***})",
    ),
    (
        "{Host:db User:app Password:swordfish Port:5432}",
        "{Host:db User:app Password:*** Port:5432}",
    ),
    (
        r#"main.Config{Host:"db", Password:"swordfish", APIKey:"swordfish2"}"#,
        r#"main.Config{Host:"db", Password:***, APIKey:***}"#,
    ),
    (
        "map[host:db password:swordfish user:app]",
        "map[host:db password:*** user:app]",
    ),
    (
        r#"map[string]string{"password":"swordfish"}"#,
        r#"map[string]string{"password":***}"#,
    ),
    (
        "Config(host=db, password=swordfish, port=5432)",
        "Config(host=db, password=***, port=5432)",
    ),
    (
        "Config[host=db, password=swordfish]",
        "Config[host=db, password=***]",
    ),
    ("[password] => swordfish", "[password] => ***"),
    (
        r#"#<Config:0x00 @host="db", @password="swordfish">"#,
        r#"#<Config:0x00 @host="db", @password=***>"#,
    ),
    (
        r#"%{host: "db", password: "swordfish"}"#,
        r#"%{host: "db", password: ***}"#,
    ),
    (
        r#"[host: "db", password: "swordfish"]"#,
        r#"[host: "db", password: ***]"#,
    ),
    (
        r#"(:password "swordfish" :host "db")"#,
        r#"(:password *** :host "db")"#,
    ),
    (
        "backup --password swordfish --host db exited with 1",
        "backup --password *** --host db exited with 1",
    ),
    (
        "backup --password='sword fish' --host db",
        "backup --password=*** --host db",
    ),
    (
        r#"backup --password "sword fish" --host db"#,
        "backup --password *** --host db",
    ),
    ("backup -p'sword fish' --host db", "backup -p*** --host db"),
    (
        "mysql -uroot -pSwordFish1 -h db: exit status 1",
        "mysql -uroot -p*** -h db: exit status 1",
    ),
    (
        "mysqldump -u root -pswordfish app: exit status 2",
        "mysqldump -u root -p*** app: exit status 2",
    ),
    (
        "mysqladmin --password=swordfish ping",
        "mysqladmin --password=*** ping",
    ),
    (
        "PGPASSWORD=swordfish psql -h db -U app: exit status 2",
        "PGPASSWORD=*** psql -h db -U app: exit status 2",
    ),
    (
        "MYSQL_PWD=swordfish mysql -h db",
        "MYSQL_PWD=*** mysql -h db",
    ),
    (
        "REDISCLI_AUTH=swordfish redis-cli ping",
        "REDISCLI_AUTH=*** redis-cli ping",
    ),
    (
        "redis-cli -h cache -a swordfish ping: exit status 1",
        "redis-cli -h cache -a *** ping: exit status 1",
    ),
    ("redis-cli -a 'sword fish' ping", "redis-cli -a *** ping"),
    (
        "sshpass -p swordfish ssh app@host: exit status 5",
        "sshpass -p *** ssh app@host: exit status 5",
    ),
    (
        "sshpass -p'swordfish' ssh app@host",
        "sshpass -p*** ssh app@host",
    ),
    (
        "docker login -u app -p swordfish registry.internal: exit status 1",
        "docker login -u app -p *** registry.internal: exit status 1",
    ),
    (
        "docker login --username app --password swordfish registry.internal",
        "docker login --username app --password *** registry.internal",
    ),
    (
        "helm upgrade x --set db.password=swordfish,db.user=app",
        "helm upgrade x --set db.password=***,db.user=app",
    ),
    (
        "kubectl create secret generic db --from-literal=password=swordfish",
        "kubectl create secret generic db --from-literal=password=***",
    ),
    (
        "kubectl --token=swordfish get pods",
        "kubectl --token=*** get pods",
    ),
    ("vault login token=swordfish", "vault login token=***"),
    (
        "openssl rsa -passin pass:swordfish -in key.pem",
        "openssl rsa -passin pass:*** -in key.pem",
    ),
    (
        "java -Djavax.net.ssl.keyStorePassword=swordfish -jar app.jar",
        "java -Djavax.net.ssl.keyStorePassword=*** -jar app.jar",
    ),
    (
        "java -Ddb.password=swordfish -jar app.jar",
        "java -Ddb.password=*** -jar app.jar",
    ),
    (
        "keytool -storepass swordfish -list",
        "keytool -storepass *** -list",
    ),
    (
        r#"sqlcmd -S db -U sa -P Sw0rdfish -Q "select 1""#,
        r#"sqlcmd -S db -U sa -P *** -Q "select 1""#,
    ),
    (
        "mongo --username app --password swordfish db/app",
        "mongo --username app --password *** db/app",
    ),
    (
        r#"args: ["--password", "swordfish", "--host", "db"]"#,
        r#"args: ["--password", ***, "--host", "db"]"#,
    ),
    (
        r#"Command { args: ["psql", "--password", "sword fish"] }"#,
        r#"Command { args: ["psql", "--password", ***] }"#,
    ),
    (
        "CREATE USER 'app'@'%' IDENTIFIED BY 'swordfish'",
        "CREATE USER 'app'@'%' IDENTIFIED BY ***",
    ),
    (
        "CREATE USER app IDENTIFIED BY swordfish DEFAULT TABLESPACE users",
        "CREATE USER app IDENTIFIED BY *** DEFAULT TABLESPACE users",
    ),
    (
        "ALTER USER 'app'@'%' IDENTIFIED WITH caching_sha2_password BY 'swordfish'",
        "ALTER USER 'app'@'%' IDENTIFIED WITH caching_sha2_password BY ***",
    ),
    (
        "ALTER USER app WITH PASSWORD 'swordfish'",
        "ALTER USER app WITH PASSWORD ***",
    ),
    (
        "ALTER ROLE app WITH ENCRYPTED PASSWORD 'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy'",
        "ALTER ROLE app WITH ENCRYPTED PASSWORD ***",
    ),
    (
        "CREATE LOGIN app WITH PASSWORD = N'swordfish'",
        "CREATE LOGIN app WITH PASSWORD = ***",
    ),
    (
        "SET PASSWORD FOR 'app'@'%' = PASSWORD('swordfish')",
        "SET PASSWORD FOR 'app'@'%' = PASSWORD(***)",
    ),
    (
        "SET PASSWORD FOR app = 'swordfish'",
        "SET PASSWORD FOR app = ***",
    ),
    (
        "CREATE SECRET s (TYPE S3, KEY_ID 'AKIAIOSFODNN7EXAMPLE', SECRET 'swordfish')",
        "CREATE SECRET s (TYPE S3, KEY_ID '***', SECRET ***)",
    ),
    (
        "GRANT ALL ON *.* TO 'app' IDENTIFIED BY PASSWORD '*6BB4837EB74329105EE4568DDA7DC67ED2CA2AD9'",
        "GRANT ALL ON *.* TO 'app' IDENTIFIED BY PASSWORD ***",
    ),
    (
        "COPY t FROM 's3://b/k' CREDENTIALS 'aws_access_key_id=AKIAIOSFODNN7EXAMPLE;aws_secret_access_key=swordfish'",
        "COPY t FROM 's3://b/k' CREDENTIALS ***",
    ),
    (
        "CREATE SUBSCRIPTION s CONNECTION 'host=db user=app password=swordfish' PUBLICATION p",
        "CREATE SUBSCRIPTION s CONNECTION 'host=db user=app password=***' PUBLICATION p",
    ),
    (
        "dblink_connect('host=db password=swordfish')",
        "dblink_connect('host=db password=***')",
    ),
    (
        "next=https%3A%2F%2Fapp%3Aswordfish%40host%2Fx",
        "next=https%3A%2F%2F***%40host%2Fx",
    ),
    (
        "GET /login?user=app&password=sword%20fish HTTP/1.1: 500",
        "GET /login?user=app&password=*** HTTP/1.1: 500",
    ),
    (
        "POST body: grant_type=client_credentials&client_id=app&client_secret=swordfish&scope=x",
        "POST body: grant_type=client_credentials&client_id=app&client_secret=***&scope=x",
    ),
    (
        "grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA",
        "grant_type=refresh_token&refresh_token=***",
    ),
    (
        r#"{"access_token":"swordfish","expires_in":3600,"refresh_token":"swordfish2"}"#,
        r#"{"access_token":***,"expires_in":3600,"refresh_token":***}"#,
    ),
    (
        "https://a/cb#access_token=swordfish&token_type=bearer",
        "https://a/cb#access_token=***&token_type=bearer",
    ),
    (
        "https://a/reset?token=swordfish expired",
        "https://a/reset?token=*** expired",
    ),
    (
        "otpauth://totp/acme:app?secret=JBSWY3DPEHPK3PXP&issuer=acme",
        "otpauth://totp/acme:app?secret=***&issuer=acme",
    ),
    (
        "https://a/?api_key=swordfish&x=1 and https://b/?apikey=swordfish2",
        "https://a/?api_key=***&x=1 and https://b/?apikey=***",
    ),
    ("https://a/?jwt=abc.def.ghi", "https://a/?jwt=***"),
    (
        "https://sentry_key:9f86d081884c7d65@o1.ingest.sentry.io/1",
        "https://***@o1.ingest.sentry.io/1",
    ),
    (
        "DSN https://9f86d081884c7d659a2feaa0c55ad015@o1.ingest.sentry.io/1 refused",
        "DSN https://***@o1.ingest.sentry.io/1 refused",
    ),
    ("userPassword:: c3dvcmRmaXNo", "userPassword:: ***"),
    (
        "clientSecret=swordfish dbPassword=swordfish apiKey=swordfish",
        "clientSecret=*** dbPassword=*** apiKey=***",
    ),
    ("ClientSecret: 'swordfish'", "ClientSecret: ***"),
    (
        "spring.datasource.password=swordfish",
        "spring.datasource.password=***",
    ),
    (
        "SPRING_DATASOURCE_PASSWORD: swordf1sh",
        "SPRING_DATASOURCE_PASSWORD: ***",
    ),
    (
        "DJANGO_SECRET_KEY = 'django-insecure-abc!def'",
        "DJANGO_SECRET_KEY = ***",
    ),
    ("RAILS_MASTER_KEY=9f86d081884c7d65", "RAILS_MASTER_KEY=***"),
    ("APP_KEY=base64:c3dvcmRmaXNoc3dvcmRmaXNo=", "APP_KEY=***"),
    (
        r#"private_key_passphrase="sword fish""#,
        "private_key_passphrase=***",
    ),
    ("passphrase for key: Sw0rdfish", "passphrase for key: ***"),
    ("wifi psk=swordfish", "wifi psk=***"),
    ("otp=123456", "otp=***"),
    ("PASSWORD=SWORDFISH", "PASSWORD=***"),
    ("PassWord = sWORDFISH", "PassWord = ***"),
    ("password=swordfish", "password=***"),
    (r#"password = "sword=fish; x""#, "password = ***"),
    (r#"password="{sword}""#, "password=***"),
    ("password=sword:fish/x?y#z", "password=***"),
    ("password=%$§äöü host=db", "password=*** host=db"),
    ("password=пароль host=db", "password=*** host=db"),
    (r"password=sword\fish host=db", "password=*** host=db"),
    ("password=sword'fish host=db", "password=*** host=db"),
    (r#"password=sword"fish host=db"#, "password=*** host=db"),
    ("password=sword,fish,host=db", "password=***,host=db"),
    ("password=[sword]", "password=***"),
    ("password=<sword> x", "password=*** x"),
    (r#"password := "swordfish""#, "password := ***"),
    (r#"password == "swordfish""#, "password == ***"),
    ("password != 'swordfish'", "password != ***"),
    (
        r#"the password "swordfish" is wrong"#,
        "the password *** is wrong",
    ),
    (
        "invalid password 'swordfish' for user app",
        "invalid password *** for user app",
    ),
    ("invalid token '9f86d081884c7d65'", "invalid token '***'"),
    (
        "invalid API key: 9f86d081884c7d659a2feaa0c55ad015",
        "invalid API key: ***",
    ),
    ("wrong secret: 9f86d081884c7d65", "wrong secret: ***"),
    (
        "token=swordfish\ntoken=swordfish\npassword=swordfish",
        r"token=***\ntoken=***\npassword=***",
    ),
    (
        "&quot;password&quot;:&quot;swordfish&quot;",
        "&quot;password&quot;:***",
    ),
    ("password%253Dswordfish", "password%253D***"),
    (r#"{"password"%3A"swordfish"}"#, r#"{"password"%3A***}"#),
    (
        "{&#34;password&#34;: &#34;swordfish&#34;}",
        "{&#34;password&#34;: ***}",
    ),
    (
        r"\u0022password\u0022:\u0022swordfish\u0022",
        r"\u0022password\u0022:***",
    ),
    (r#"("password", "swordfish")"#, r#"("password", ***)"#),
    (r#"[("token", "swordfish")]"#, r#"[("token", ***)]"#),
    (
        r#"{"key":"password","value":"swordfish"}"#,
        r#"{"key":"password","value":***}"#,
    ),
    (
        r#"{"name": "API_TOKEN", "value": "swordfish"}"#,
        r#"{"name": "API_TOKEN", "value": ***}"#,
    ),
    (
        "- name: DB_PASSWORD\n  value: swordfish",
        r"- name: DB_PASSWORD\n  value: ***",
    ),
    (
        "- name: DB_PASSWORD\n  value: \"swordfish\"",
        r"- name: DB_PASSWORD\n  value: ***",
    ),
    (
        r#"KeyValue { key: "password", value: "swordfish" }"#,
        r#"KeyValue { key: "password", value: *** }"#,
    ),
    (
        r#"Header { name: "x-api-key", value: "swordfish" }"#,
        r#"Header { name: "x-api-key", value: *** }"#,
    ),
    ("x-api-key=swordfish", "x-api-key=***"),
    (r#"x-api-key "swordfish""#, "x-api-key ***"),
    (
        r#"sent "Basic YXBwOnN3b3JkZmlzaA==""#,
        r#"sent "Basic ***""#,
    ),
    ("Bearer: swordf1sh", "Bearer: ***"),
    (r#"Bearer "swordfish""#, "Bearer ***"),
    (
        r#"auth: {"username": "app", "password": "swordfish"}"#,
        r#"auth: {"username": "app", "password": ***}"#,
    ),
    ("auth=(app, Sw0rdfish)", "auth=***"),
    ("auth=('app', 'swordfish')", "auth=***"),
    (
        r#"auths: {"registry.internal": {"auth": "YXBwOnN3b3JkZmlzaA=="}}"#,
        r#"auths: {"registry.internal": {"auth": ***}}"#,
    ),
    (
        "imagePullSecret .dockerconfigjson: eyJhdXRocyI6eyJyIjp7ImF1dGgiOiJZWEJ3In19fQ==",
        "imagePullSecret .dockerconfigjson: ***==",
    ),
    (
        "http basic: user=app pass=swordfish",
        "http basic: user=app pass=***",
    ),
    ("hmac=9f86d081884c7d659a2feaa0c55ad015", "hmac=***"),
    (
        "X-Hub-Signature-256: sha256=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "X-Hub-Signature-256: ***",
    ),
    ("csrf_token: 9f86d081884c7d65", "csrf_token: ***"),
    ("_csrf=9f86d081884c7d65", "_csrf=***"),
    (
        "JAAS: com.sun.security.auth.module.Krb5LoginModule required storeKey=true password='swordfish'",
        "JAAS: com.sun.security.auth.module.Krb5LoginModule required storeKey=true password=***",
    ),
    (
        "wireguard: PrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=",
        "wireguard: PrivateKey = ***",
    ),
    (
        "PresharedKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=",
        "PresharedKey = ***",
    ),
    (
        "mongodb://app:swordfish@db/orders?authSource=admin: bad auth",
        "mongodb://***@db/orders?authSource=admin: bad auth",
    ),
    (
        "db.url=jdbc:mysql://app:swordfish@db/x key=7",
        "db.url=jdbc:mysql://***@db/x key=7",
    ),
    (
        "mysql: [ERROR] mysql -h db -u app -pSw0rd!fish@9 orders",
        "mysql: [ERROR] mysql -h db -u app -p*** orders",
    ),
    ("[pool] db.password = swordfish", "[pool] db.password = ***"),
    (
        r#"level=error msg="login failed" password=swordfish user=app"#,
        r#"level=error msg="login failed" password=*** user=app"#,
    ),
    (
        r#"level=error msg="dsn" dsn="postgres://app:swordfish@db/app" err="x""#,
        r#"level=error msg="dsn" dsn="postgres://***@db/app" err="x""#,
    ),
    ("ts=1 token=12345678 x", "ts=1 token=*** x"),
    ("login: password=1234", "login: password=***"),
    ("password=1", "password=***"),
    ("Password: Hunter2!", "Password: ***"),
    ("(user app, password hunter2)", "(user app, password ***)"),
    (
        r#"user "app" with password "swordfish""#,
        r#"user "app" with password ***"#,
    ),
    ("secret_token: a1b2c3d4", "secret_token: ***"),
    ("user_token=a1b2", "user_token=***"),
    ("ACCESS_TOKEN=swordfish", "ACCESS_TOKEN=***"),
    (r#""accessToken": "swordfish""#, r#""accessToken": ***"#),
    ("'api-key': 'swordfish'", "'api-key': ***"),
    ("'sid': 'swordfish'", "'sid': ***"),
    (r#""jwt":"swordfish""#, r#""jwt":***"#),
    (r#""session":"swordfish""#, r#""session":***"#),
    ("?session=swordfish&x=1", "?session=***&x=1"),
    ("&sig=swordfish&x=1", "&sig=***&x=1"),
    (";pw=swordfish;", ";pw=***;"),
    ("X-Auth-Key: swordfish", "X-Auth-Key: ***"),
    ("Api-Key: swordfish", "Api-Key: ***"),
    ("apikey: swordf1sh", "apikey: ***"),
    ("Authorization: swordfish", "Authorization: ***"),
    ("Authorization=swordfish", "Authorization=***"),
    (
        r#"Authorization: OAuth oauth_consumer_key="swordfish", oauth_token="swordfish2""#,
        "Authorization: ***",
    ),
    (
        "authorization: SharedKey acme:swordfish12=",
        "authorization: ***",
    ),
    (
        "authorization: GoogleLogin auth=swordfish",
        "authorization: ***",
    ),
    ("Authorization: Key swordfish", "Authorization: ***"),
    ("cookie=abc=def", "cookie=***"),
    (
        "Set-Cookie: __Host-sid=swordfish; Secure",
        "Set-Cookie: ***",
    ),
    ("sent bearer SWORDFISH x", "sent bearer *** x"),
    ("secret=swordfish, x=1", "secret=***, x=1"),
    (r#"secret: "swordfish""#, "secret: ***"),
    ("secretKey: 'swordfish',", "secretKey: ***,"),
    (r#"DB_PASSWORD: "swordfish""#, "DB_PASSWORD: ***"),
    ("password => 'swordfish'", "password => ***"),
    ("'password' => 'swordfish',", "'password' => ***,"),
    (r#"password="swordfish""#, "password=***"),
    (
        "password = swordfish\nhost = db",
        r"password = ***\nhost = db",
    ),
    ("password = swordfish", "password = ***"),
    ("--db-password swordfish", "--db-password ***"),
    ("--password=swordfish", "--password=***"),
    ("--secret swordfish", "--secret ***"),
    ("--api-key swordfish", "--api-key ***"),
    ("--token swordfish --x", "--token *** --x"),
    ("-password=swordfish", "-password=***"),
    ("/password:swordfish", "/password:***"),
    (
        "<password>sword fish</password>",
        "<password>***</password>",
    ),
    (
        "<clientSecret>swordfish</clientSecret>",
        "<clientSecret>***</clientSecret>",
    ),
    (
        "<key>Password</key><string>swordfish</string>",
        "<key>Password</key><string>***</string>",
    ),
    (
        r#"<entry key="password">swordfish</entry>"#,
        r#"<entry key="password">***</entry>"#,
    ),
    (
        r#"<input type="password" value="swordfish">"#,
        r#"<input type="password" value=***>"#,
    ),
    (
        r#"<param name="password" value="swordfish"/>"#,
        r#"<param name="password" value=***/>"#,
    ),
    (
        r#"{"aws":{"secretAccessKey":"swordfish"}}"#,
        r#"{"aws":{"secretAccessKey":***}}"#,
    ),
    (
        "x-amz-security-token=IQoJb3JpZ2lu&x=1",
        "x-amz-security-token=***&x=1",
    ),
    ("https://swordfish@host/x", "https://***@host/x"),
    (
        "https://app:swordfish@host:8443/x?y=z#w",
        "https://***@host:8443/x?y=z#w",
    ),
    ("postgres://app:sw%20ord@db", "postgres://***@db"),
    ("mysql://app:sw:ord@db", "mysql://***@db"),
    (
        "mysql+pymysql://app:swordfish@db/x",
        "mysql+pymysql://***@db/x",
    ),
    (
        "sqlserver://sa:swordfish@db?database=x",
        "sqlserver://***@db?database=x",
    ),
    ("couchbase://app:swordfish@cb", "couchbase://***@cb"),
    (
        "elasticsearch: http://elastic:swordfish@es:9200/_cluster",
        "elasticsearch: http://***@es:9200/_cluster",
    ),
    (
        "cassandra: PasswordAuthenticator(username='app', password='swordfish')",
        "cassandra: PasswordAuthenticator(username='app', password=***)",
    ),
    (
        "Options(url=redis://:swordfish@c, n=1)",
        "Options(url=redis://***@c, n=1)",
    ),
    (
        r#"RedisConnectionInfo { db: 0, username: None, password: Some("swordfish") }"#,
        "RedisConnectionInfo { db: 0, username: None, password: Some(***) }",
    ),
    (
        r#"lapin: uri AMQPUri { authority: AMQPAuthority { userinfo: AMQPUserInfo { username: "app", password: "swordfish" } } }"#,
        r#"lapin: uri AMQPUri { authority: AMQPAuthority { userinfo: AMQPUserInfo { username: "app", password: *** } } }"#,
    ),
    ("Config{Password:swordfish}", "Config{Password:***}"),
    ("map[apiKey:swordfish]", "map[apiKey:***]"),
    ("{password:swordfish}", "{password:***}"),
    ("{password: 'swordfish'}", "{password: ***}"),
    (r#"Token("swordfish")"#, "Token(***)"),
    (r#"Some(Secret("swordfish"))"#, "Some(Secret(***))"),
    (
        r#"Auth { user: "app", pass: "swordfish" }"#,
        r#"Auth { user: "app", pass: *** }"#,
    ),
    (
        "kwargs={'auth': ('app', 'swordfish')}",
        "kwargs={'auth': ***}",
    ),
];

/// What libraries and tools print that is shown as it is.
const PRINTED_HARMLESS: &[&str] = &[
    r#"kubernetes secret "db" not found"#,
    r#"secrets "db-creds" is forbidden: User "system:serviceaccount:app:default" cannot get resource "secrets" in API group "" in the namespace "app""#,
    r#"password authentication failed for user "x""#,
    r#"FATAL:  password authentication failed for user "app" (SQLSTATE 28P01)"#,
    "ERROR 1045 (28000): Access denied for user 'app'@'10.0.0.7' (using password: YES)",
    "key not found: 7",
    "key not found: orders:7",
    "KeyError: 'orders'",
    "unexpected token ',' at line 3",
    r#"SyntaxError: Unexpected token '<', "<!DOCTYPE "... is not valid JSON"#,
    "Unexpected token < in JSON at position 0",
    "unexpected token `fn`",
    "expected value at line 1 column 1",
    "author=jane",
    "authority=orders.internal:443",
    "keyboard interrupt",
    "monkey=5",
    "commit 4c4a9e8b0f3d2a1c5e6f708192a3b4c5d6e7f809 is not deployed",
    "digest sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 not found",
    "checksum mismatch: expected 9f86d081884c7d65, got 0123456789abcdef",
    "version=4c4a9e8 build=1234",
    "request id 550e8400-e29b-41d4-a716-446655440000 failed",
    "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7",
    "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "open /etc/orders/config.toml: no such file or directory",
    "open /run/secrets/db_password: no such file or directory",
    "open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory",
    "dial tcp [2001:db8::7]:5432: connect: connection refused",
    "dial tcp 10.0.0.7:5432: i/o timeout",
    r#"Get "https://10.96.0.1:443/api/v1/namespaces/app/secrets/db": context deadline exceeded"#,
    "https://orders.internal:8443/health?verbose=1 returned 503",
    "postgres://db.internal:5432/orders is unreachable",
    "redis://cache:6379/0: connection refused",
    "amqp://rabbit:5672/%2f: connection refused",
    "2026-11-21T10:00:00.123Z 10:00:00 took 12ms",
    "session expired",
    "session has expired; please log in again",
    "cookie too large",
    "cookie: name must not be empty",
    "public key: not found in keyring",
    "public_key=ssh-ed25519",
    "primary key violation",
    "primary_key=id",
    r#"foreign key constraint "orders_customer_id_fkey" violated"#,
    r#"insert or update on table "orders" violates foreign key constraint "fk""#,
    "Duplicate entry '42' for key 'PRIMARY'",
    r#"duplicate key value violates unique constraint "orders_pkey""#,
    "DETAIL: Key (email)=(jane) already exists.",
    "token bucket empty",
    "token bucket is empty: 100 requests per second",
    "secret_name=db-creds",
    "secretName: db-creds",
    "secretRef: db-creds",
    "secretKeyRef: {name: db, key: password}",
    "couldn't find key password in Secret app/db",
    "couldn't find key DB_PASSWORD in ConfigMap app/config",
    "environment variable DB_PASSWORD is not set",
    "environment variable not found: DB_PASSWORD",
    "missing environment variable `API_TOKEN`",
    "missing field `password` at line 3 column 1",
    "unknown field `api_key`, expected one of `host`, `token`",
    "missing required header: authorization",
    "missing header: x-api-key",
    r#"header "authorization" is missing"#,
    "invalid header value for authorization",
    "401 Unauthorized: missing bearer token",
    r#"WWW-Authenticate: Bearer realm="orders", error="invalid_token", error_description="The token expired""#,
    r#"www-authenticate: Basic realm="Restricted""#,
    "invalid_grant: refresh token is invalid, expired or revoked",
    r#"error="invalid_token""#,
    r#"{"error":"invalid_client","error_description":"Client authentication failed"}"#,
    r#"{"error":{"code":401,"message":"Request had invalid authentication credentials.","status":"UNAUTHENTICATED"}}"#,
    "AADSTS7000215: Invalid client secret is provided.",
    "The security token included in the request is expired",
    "ExpiredToken: The provided token has expired.",
    "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    "AuthFailure: AWS was not able to validate the provided access credentials",
    "NoCredentialProviders: no valid providers in chain",
    "NoSuchKey: The specified key does not exist.",
    "WRONGPASS invalid username-password pair or user is disabled.",
    "NOAUTH Authentication required.",
    "ERR AUTH <password> called without any password configured for the default user.",
    "ERR Client sent AUTH, but no password is set",
    "auth error: SCRAM-SHA-256 authentication failed",
    "SASL authentication failed: mechanism PLAIN",
    "auth failed: user=app method=scram-sha-256",
    "auth_method=token",
    "authentication: kerberos ticket expired",
    "ssl: certificate verify failed: unable to get local issuer certificate",
    "x509: certificate has expired or is not yet valid: current time 2026-11-21T10:00:00Z is after 2026-11-20T10:00:00Z",
    "tls: private key does not match public key",
    "bad decrypt: wrong passphrase?",
    "Enter passphrase for key '/home/app/.ssh/id_ed25519':",
    r#"Load key "/home/app/.ssh/id_ed25519": Permission denied"#,
    "Host key verification failed.",
    "ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain",
    "ssh: no key found",
    "key exchange failed: no matching key exchange method",
    "key type mismatch: expected ed25519, got rsa",
    "KeyNotFoundException: The given key 'orders' was not present in the dictionary.",
    "no such key: orders/2026/11/21",
    "routing key orders.created has no queue",
    "routing_key=orders.created exchange=orders",
    "partition key=7 of topic orders",
    "partition_key=customer_id",
    "cache key orders:7 missing",
    "cache_key=orders:7",
    "sort_key=created_at",
    "idempotency_key=7",
    "object key: orders/7.json",
    "etcd: key is not provided",
    "consul: no value for key orders/config",
    "passed=3 failed=1",
    "pass 1 of 2 failed",
    "tests passed: 12",
    "3 passwords were rotated",
    "bypass=true",
    "compass: north",
    "password must contain at least 8 characters",
    "password is required",
    "password cannot be empty",
    "password expired 3 days ago",
    "password_encryption=scram-sha-256",
    "password hash: invalid format",
    "token: expired",
    "token type: bearer",
    "token_endpoint=https://auth.internal/token",
    "token count: 4096 exceeds 2048",
    "max_tokens=2048",
    "maximum context length is 8192 tokens",
    "tokens: 4096",
    "lexer: token Ident at 3:7",
    "unexpected token: RBrace, expected: Comma",
    r#"unexpected token Ident("foo")"#,
    r#"syntax error, unexpected token "return", expecting ";""#,
    "csrf token missing",
    "cancellation token was dropped",
    "secret manager unavailable",
    "secret rotation is overdue",
    "signature verification failed",
    "signature: mismatch",
    "method signature: fn(u32) -> u32",
    "session id unknown",
    "session_timeout=30s",
    "credential helper exited with 1",
    "credentials: not found",
    "could not find default credentials",
    "signal=9",
    "design=4",
    "asset=7",
    "assessment: poor",
    "broadcast: lagged by 7",
    "tokio: runtime shut down",
    "basic_ack: channel closed",
    "BASIC.ack: unknown delivery tag 1",
    "bearer of bad news",
    "user:group mismatch: app:app",
    "image registry.internal/orders:1.4.2@sha256:9f86d081884c7d659a2feaa0c55ad015 not found",
    "mail to jane@example.com bounced: 550 5.1.1 unknown user",
    "ssh app@host.internal: exit status 255",
    "kafka: topic orders@v2 missing",
    "map[host:db port:5432]",
    r#"Config { host: "db", port: 5432, password: None, token: Some(***) }"#,
    "thread 'main' panicked at src/auth/token.rs:12:5: index out of bounds",
    "at com.acme.auth.TokenService.verify(TokenService.java:42)",
    r#"File "/app/auth/session.py", line 7, in get_token"#,
    "/usr/lib/libsecret-1.so.0: cannot open shared object file",
    r"C:\Program Files\Orders\secrets.json",
    "data-key-7 is unknown",
    "a=1, b=2",
    "x: y: z",
    "error code: 0x80004005",
    "keepalive=30",
    "keyspace orders does not exist",
    "keyspace=orders",
    "key=7",
    r#"error: key = "orders", value = 3"#,
    "rate limit: key=user:7 exceeded",
    r#"the value for key "retries" must be a number"#,
    r#"feature flag key "new-search" not found"#,
    "mysql: connect to db -p 3306 failed",
    "ssh -p 2222 app@host failed",
    "curl -u failed",
    "docker run -p 8080:80 nginx failed",
    "mkdir -p /var/lib/orders: permission denied",
    "tar -p /x failed",
    "redis-cli -a is unsafe",
    "curl -a x",
    "psql -w hung",
    "sk-learn failed",
    "key-value store is away",
    "key-management-service is away",
    "SG.1 is away",
    "hello world@example",
    "mongodb://db/orders?authSource=admin&authMechanism=SCRAM-SHA-256: bad auth",
    "auth_user=orders is unknown",
    "token_provider=vault is away",
    "secret_manager=aws",
    "keyStore=/etc/tls/orders.p12 cannot be read",
    "ssl_key=/etc/tls/server.key: permission denied",
    "private_key=/run/tls/key.pem: No such file or directory",
    "token=/var/run/secrets/token is empty",
    "auth=https://auth.internal:8443/realms/orders is away",
    "key=orders not found",
    r#"key = "orders", value = 3"#,
    r#"{"key":"orders","value":3}"#,
    r#"{"key":"orders:7","reason":"conflict"}"#,
    "UnexpectedToken { token: RBrace, expected: Comma }",
    "Error { kind: Token, position: 7 }",
    "ParseError { token: Comma, line: 3 }",
    "config:",
    r"password: missing\nhost: db",
    r"Caused by:\n    token: expired",
    r"Caused by:\n    0: invalid token: Eof\n    1: end of file",
    r"failed\n  key: not found",
    r#"job "mysql" on port -p failed"#,
    "mysqldump: option -p failed",
    "docker login failed: -p is required",
    "login with -p is insecure",
    "mongod -p 27017: address in use",
    "redis-cli -a failed",
    "ssh -p 22 -l app host: mysql is away",
    "ls -a /var/lib/mysql: permission denied",
    "chown app:app /var/lib failed",
    "docker run -u 1000:1000 orders failed",
    "docker run -v /a:/b -p 8080:80 orders failed",
    "rsync -a /data host:/data failed",
    "tar -C /x -pcf a.tar failed",
    "top -u app: unknown",
    "git push -u origin main: rejected",
    "git push -u origin main:main rejected",
    "useradd -u 1001 app failed",
    "object identified by orders-7 is missing",
    "sorted BY name",
    "GROUP BY customer failed",
    "CREATE TABLE x PARTITION BY HASH (id) failed",
    r#"password for user "orders" = unknown"#,
    "no password for user orders",
    "fe_sendauth: no password supplied",
    "hooks.internal/orders: 503",
    "POST https://orders.internal/webhooks/orders: 503",
    "POST https://orders.internal/webhooks/7: 503",
    "webhook failed after 3 attempts",
    r#"webhook "validate.orders.io" denied the request: no"#,
    r#"Error from server (InternalError): Internal error occurred: failed calling webhook "x.y": Post "https://orders.app.svc:443/webhooks/validate?timeout=10s": no endpoints"#,
    "token 550e8400-e29b-41d4-a716-446655440000 expired",
    "session 550e8400-e29b-41d4-a716-446655440000 expired",
    "secret app/db-creds-7f9c8d6b5-x2x7k not found",
    "secret version 4c4a9e8 not found",
    "signature sha256 unsupported",
    "token HS256 unsupported",
    "password SHA256 unsupported",
    "password scram-sha-256 not supported",
    "token(s) left: 5",
    "tokens left: 5",
    "credential 7 of 9 is bad",
    "auth 2.0 failed",
    "auth v2 failed",
    "X-Api-Key: missing",
    "X-Api-Key: not found",
    "Content-Type: text/plain",
    "Retry-After: 30",
    "X-Request-Id: 9f86d081884c7d65",
    "x-request-id: 550e8400-e29b-41d4-a716-446655440000",
    "Cache-Control: no-store",
    "Authentication-Info: missing",
    r#"ETag: "9f86d081884c7d65""#,
    "x-amz-request-id: 4442587FB7D0A2F9",
    "x-amz-id-2: abc",
    r#"{"authorization": Sensitive}"#,
    "status=401 auth=failed",
    "auth=missing",
    "csrf: token mismatch",
    "session: closed",
    "session: not found",
    "sid: unknown",
    "jwt: malformed",
    "jwt expired",
    "JWT: exp claim is in the past",
    "otp: wrong",
    "sig: mismatch",
    "creds: missing",
    "bearer: missing",
    "hmac: length mismatch",
    "EOF error: key: 7",
    "The key 'orders' is missing",
    "secret 'orders-db' not found",
    "unexpected token 'orders'",
    "token 'orders' is unknown",
    "invalid password for user 'orders'",
    "passwords do not match",
    "bypass: on",
    r#"HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm="orders"\nContent-Length: 0"#,
    r#"{"errors":[{"code":"invalid_key","message":"key too long"}]}"#,
    "reason: token_expired",
    "error_code=token_expired",
    "code=invalid_token",
    "kubernetes.io/service-account-token",
    "secret/orders is sealed",
    "secret/data/orders: permission denied",
    r"vault: * permission denied\n * 1 error occurred",
    "password_hash mismatch",
    "<p>token expired</p>",
    "<title>Access token expired</title>",
    "<h1>Forbidden</h1><p>Invalid API key</p>",
    "&quot;key&quot; is missing",
    r"C:\users\app\secret.txt",
    r"C:\u0041\token.txt not found",
    r"\u0022orders\u0022 not found",
    "a@b: c",
    "orders@2: not found",
    "npm ERR! 404 '@acme/orders@1.2.3' is not in this registry",
    r#"cargo: failed to select a version for `tokio = "^1"`"#,
    "--password-file /run/db: no such file",
    "--token-file=/run/t missing",
    "--key orders not found",
    "--auth-mode token failed",
    "lock: poisoned key",
    "maximum tokens: 4096",
    "total_tokens=12345 exceeds",
    "context: 128k tokens",
    "1 token(s) of 5",
    "token #7 is bad",
    "token at 3:7 is bad",
    "expected token: Comma",
    "path=/v1/token status=500",
    "GET /v1/token 500",
    "GET /v1/keys/7 404",
    "GET /oauth2/token?grant_type=client_credentials 500",
    "POST /session 500",
    "url=http://auth.internal/token",
    "redirect_uri=https://a/cb is not allowed",
    "client_id=orders is unknown",
    "user=orders host=db dbname=orders",
    "sslmode=require sslrootcert=/etc/ca.pem",
    "application_name=orders",
    "options='-c search_path=orders'",
];
