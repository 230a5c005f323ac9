/// Whether a text has nothing in it that a secret is known by, nor a character to escape.
///
/// Nearly every error is such a text, so this is what its masking costs. It errs to the other side:
/// a text that is not plain is looked at with care.
///
/// Reads three bytes at every second place. What starts at the place between is found by its
/// second trace.
pub(super) fn is_plain(text: &[u8]) -> bool {
    let mut seen = 0;
    let mut firsts = 0;
    let mut middles = 0;
    let (blocks, rest) = text.as_chunks::<32>();
    let mut pair = |even: u8, odd: u8| {
        let places = &PLACES[usize::from(even)];
        seen |= firsts & middles & places.last;
        firsts = places.first;
        middles = PLACES[usize::from(odd)].middle;
    };
    for block in blocks {
        for two in block.as_chunks::<2>().0 {
            pair(two[0], two[1]);
        }
    }
    for two in rest.chunks(2) {
        pair(two[0], two.get(1).copied().unwrap_or(b' '));
    }
    pair(b' ', b' ');
    seen == 0
}

/// What gives a secret away: each line as two traces, that of its first bytes and that of the bytes
/// after the first or at another odd distance. Small letters stand for both cases, `?` for all bytes.
///
/// Between blanks are alternatives. What takes each of its bytes from one of them is a trace as well:
/// where they differ in more than one place, some texts are looked at in vain.
#[rustfmt::skip]
const TRACES: [&str; 61] = [
    // Names of secrets: pass, pwd, secret, token, key, credential, auth, signature, and cookie, hook.
    "pas", "ass",
    "pwd", "wd?",
    "cre", "ecr",
    "tok", "oke",
    "key", "ey?",
    "tia", "ial",
    "aut", "uth",
    "coo hoo", "ook",
    "gna", "ign",
    // Ways to say them: bearer, basic, identified by, JSON, flags and PEM.
    "bea", "rer",
    "sic", "asi",
    "tif", "ifi",
    "\":? ':?", "?\": ?':",
    "--? -p? -a? -w? -u?", "?-- ?-p ?-a ?-w ?-u",
    // Tokens: see `names::PREFIXES`.
    "ghp gho ghs ghu ghr", "hp_ ho_ hs_ hu_ hr_ hf_",
    "ub_", "b_p f_?",
    "glp gld glr gls", "lpa ldt lrt lsa",
    "xox xap", "oxa oxb oxe oxp oxr oxs",
    "_li _le _ti _te", "k_l k_t",
    "whs", "hse",
    "sk-", "k-? p-?",
    "AKI ASI AIz ATA", "KIA SIA Iza TAT",
    "ya2 sq0", "a29 q0a q0c",
    "hvs hvb hvr", "vs. vb. vr.",
    "npm pyp", "pm_ ypi",
    "dop dck", "op_ ckr",
    "shp", "hpa hpc hps hpp",
    "SG. GOC", "G.? OCS",
    "NRA PMA", "RAK MAK",
    ":AA", "AA?",
    // JSON web tokens: "ey?" is above.
    "yJ?",
];

/// The bit of a trace is set where the byte can be the first, the middle or the last one of it.
#[derive(Clone, Copy)]
struct Places {
    first: u64,
    middle: u64,
    last: u64,
}

static PLACES: [Places; 256] = places();

/// The bits after those of the traces: a byte that is enough, at an even and at an odd place.
const EVEN: u64 = 1 << TRACES.len();
const ODD: u64 = EVEN << 1;

const fn places() -> [Places; 256] {
    let none = Places {
        first: 0,
        middle: 0,
        last: 0,
    };
    let mut places = [none; 256];
    let mut bit = 0;
    while bit < TRACES.len() {
        let trace = TRACES[bit].as_bytes();
        let mut start = 0;
        while start < trace.len() {
            trace_at(
                &mut places,
                1 << bit,
                [trace[start], trace[start + 1], trace[start + 2]],
            );
            start += 4;
        }
        bit += 1;
    }
    let mut byte = 0_u8;
    loop {
        let enough = byte < b' ' || byte > b'~' || matches!(byte, b'@' | b'=' | b'%' | b'<');
        let place = &mut places[byte as usize];
        if enough {
            place.first |= EVEN;
            place.middle |= ODD;
        }
        place.first |= ODD;
        place.middle |= EVEN;
        place.last |= EVEN | ODD;
        if byte == u8::MAX {
            return places;
        }
        byte += 1;
    }
}

const fn trace_at(places: &mut [Places; 256], bit: u64, trace: [u8; 3]) {
    let mut byte = 0_u8;
    loop {
        let place = &mut places[byte as usize];
        if stands_for(trace[0], byte) {
            place.first |= bit;
        }
        if stands_for(trace[1], byte) {
            place.middle |= bit;
        }
        if stands_for(trace[2], byte) {
            place.last |= bit;
        }
        if byte == u8::MAX {
            return;
        }
        byte += 1;
    }
}

const fn stands_for(pattern: u8, byte: u8) -> bool {
    pattern == b'?'
        || pattern == byte
        || pattern.is_ascii_lowercase() && pattern == byte.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_plain() {
        for text in [
            "",
            "a",
            "connection refused (os error 111)",
            "pool timed out while waiting for an open connection",
            "error trying to connect: tcp connect error: 10.0.0.7:5432",
        ] {
            assert!(is_plain(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_trace_is_seen_at_every_place() {
        for trace in [
            "@",
            "=",
            "%",
            "<",
            "\n",
            "\u{7f}",
            "é",
            "pass",
            "PWD",
            "Secret",
            "token",
            "key",
            "credential",
            "auth",
            "Cookie",
            "signature",
            "bearer",
            "Basic",
            "IDENTIFIED BY",
            "\":",
            "--",
            "ghp_",
            "gho_",
            "github_pat_",
            "glpat-",
            "xoxb-",
            "xoxp-",
            "sk_live_",
            "rk_test_",
            "whsec_",
            "sk-p",
            "AKIA",
            "ASIA",
            "AIza",
            "ya29.",
            "hvs.",
            "npm_",
            "pypi-",
            "dop_v1_",
            "shpat_",
            "shpss_",
            "SG.a",
            "eyJ",
            "hooks.",
            "webhook",
            "':",
            " -p",
            " -uadmin",
            "gldt-",
            "glrt-",
            "glsa_",
            "xapp-",
            "hvr.",
            "key-",
            "hf_a",
            "ATATT",
            "GOCSPX-",
            "dckr_pat_",
            "NRAK-",
            "PMAK-",
            "sq0atp-",
            "sq0csp-",
            "AGE-SECRET-KEY-",
            ":AAx",
        ] {
            for before in 0..70 {
                for after in 0..4 {
                    let text = format!("{}{trace}{}", " ".repeat(before), " ".repeat(after));
                    assert!(!is_plain(text.as_bytes()), "{text:?}");
                }
            }
        }
    }
}
