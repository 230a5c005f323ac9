use std::time::Duration;

use proc_macro2::{Ident, Literal, Span, TokenStream};

use super::{Refusals, refuse};
use crate::args::Args;
use crate::duration::written;
use crate::value::Written;
use crate::words::Class;

/// `Schedule` in health-core knows the same number; a test holds the two together.
pub(crate) const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);

/// The rules for the attribute as a whole, once it is read.
pub(crate) fn attribute(args: &Args, item: &TokenStream, refusals: &mut Refusals) {
    let Some((class, _)) = args.class else {
        if !args.class_attempted {
            refusals.add(syn::Error::new(at_the_attribute(item), NO_CLASS));
        }
        return;
    };
    if class == Class::Startup {
        return;
    }
    let Some((interval, default)) = interval(args) else {
        return;
    };
    if let Some((timeout, literal)) = longer(args.timeout.as_ref(), interval) {
        let why = "and a run is not to last longer than the pause after it";
        refusals.add(too_long(
            "timeout", timeout, literal, interval, default, why,
        ));
    }
    if let Some((retry, literal)) = longer(args.retry.as_ref(), interval) {
        let why = "and a check in doubt is to be asked sooner, not later";
        refusals.add(too_long("retry", retry, literal, interval, default, why));
    }
}

const NO_CLASS: &str = "a check has a class, which says what its failure means: write `critical` \
    (without it no traffic), `degraded` (without it worse, but serving), `startup` (until it \
    passes once) or `liveness` (about this process alone), as in `#[health_check(critical)]`";

/// Where the attribute is, as if the user's own tokens stood there: of others the compiler says
/// at length that they come from a macro.
fn at_the_attribute(item: &TokenStream) -> Span {
    let here = Span::call_site();
    match item.clone().into_iter().next() {
        Some(token) => here.resolved_at(token.span()),
        None => here,
    }
}

/// The interval, and the word for one that is not written; `None` where it is written wrong.
fn interval(args: &Args) -> Option<(Duration, &'static str)> {
    match &args.interval {
        None => Some((DEFAULT_INTERVAL, "default ")),
        Some(interval) => Some((interval.value.as_ref()?.0, "")),
    }
}

fn longer(option: Option<&Written<Duration>>, interval: Duration) -> Option<(Duration, &Literal)> {
    let (duration, literal) = option?.value.as_ref()?;
    (*duration > interval).then_some((*duration, literal))
}

fn too_long(
    key: &str,
    long: Duration,
    literal: &Literal,
    interval: Duration,
    default: &str,
    why: &str,
) -> syn::Error {
    let (long, short) = (written(long), written(interval));
    refuse(
        literal,
        format!(
            "the {key} of {long} is longer than the {default}interval of {short}, {why}: write at most `{key} = \"{short}\"`, or at least `interval = \"{long}\"`"
        ),
    )
}

/// An option that the class has no use for.
pub(crate) fn useless(class: Option<Class>, key: &Ident) -> Option<syn::Error> {
    let reason = match (class?, key.to_string().as_str()) {
        (Class::Startup, "interval") => {
            "a startup check is asked until it passes once, and then never again: remove it, or write `retry` for the pause between attempts"
        }
        (Class::Startup, "fail_after" | "pass_after") => {
            "a startup check is asked until it passes once, so its runs are not counted: remove it"
        }
        (Class::Startup, "needed_by") => {
            "a startup check holds back the whole service, not one feature: remove it, or write `critical` or `degraded` instead of `startup`"
        }
        (Class::Liveness, "needed_by") => {
            "a liveness check is about the process, not about a feature: remove it, or write `critical` or `degraded` instead of `liveness`"
        }
        (Class::Critical | Class::Degraded | Class::Startup, "local") => {
            "only a liveness check has to stay within the process: remove it"
        }
        _ => return None,
    };
    Some(refuse(key, format!("`{key}` has no use here: {reason}")))
}
