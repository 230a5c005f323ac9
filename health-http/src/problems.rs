use std::fmt;

/// Writes everything that is wrong: one problem behind the sentence, several in lines of their own.
pub(crate) fn write(
    f: &mut fmt::Formatter<'_>,
    sentence: &str,
    problems: &[String],
) -> fmt::Result {
    match problems {
        [problem] => write!(f, "{sentence}: {problem}"),
        problems => {
            write!(f, "{sentence}, for {} reasons:", problems.len())?;
            let mut problems = problems.iter();
            problems.try_for_each(|problem| write!(f, "\n  {problem}"))
        }
    }
}
