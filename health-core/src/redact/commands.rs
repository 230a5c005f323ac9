use super::values::is_word;

/// How a short flag of a command takes a password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    /// `-pPASSWORD` only: what stands behind a blank is something else.
    Joined,
    /// `-pPASSWORD` and `-p PASSWORD`.
    Either,
}

/// Returns how a command takes a password behind such a letter, if it does.
///
/// `before` is what stands before the flag. The same letter is a port or a path to other commands,
/// so that the command must be known.
pub(super) fn password_flag(before: &[u8], letter: u8) -> Option<Flag> {
    const NEAR: usize = 160;
    let line = &before[before.len().saturating_sub(NEAR)..];
    let line = line.rsplit(|byte| b"\n;|".contains(byte)).next()?;
    line.split(|byte| !is_word(*byte)).rev().find_map(|word| {
        let mut commands = COMMANDS.iter();
        let (_, _, flag) = commands
            .find(|(name, flag, _)| *flag == letter && word.starts_with(name.as_bytes()))?;
        Some(*flag)
    })
}

/// How the name of a command begins, and its flag.
const COMMANDS: [(&str, u8, Flag); 13] = [
    ("mysql", b'p', Flag::Joined),
    ("mariadb", b'p', Flag::Joined),
    ("7z", b'p', Flag::Joined),
    ("sshpass", b'p', Flag::Either),
    ("login", b'p', Flag::Either),
    ("mongo", b'p', Flag::Either),
    ("cqlsh", b'p', Flag::Either),
    ("zip", b'P', Flag::Either),
    ("unzip", b'P', Flag::Either),
    ("sqlcmd", b'P', Flag::Either),
    ("bcp", b'P', Flag::Either),
    ("redis-cli", b'a', Flag::Either),
    ("ldap", b'w', Flag::Either),
];
