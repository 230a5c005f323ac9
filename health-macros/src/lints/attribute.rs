use std::time::Duration;

use proc_macro2::{Ident, Span};

use super::{Refusals, refuse};
use crate::args::{Args, Class};
use crate::duration::written;

/// `Schedule` in health-core knows the same number; a test holds the two together.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);

/// The rules for the attribute as a whole, once it is read.
pub(crate) fn attribute(args: &Args, refusals: &mut Refusals) {
    match args.class {
        Some((class, _)) => {
            for key in &args.keys {
                useless(class, key, refusals);
            }
            timeout(args, class, refusals);
        }
        None if args.class_attempted => {}
        None => refusals.add(syn::Error::new(Span::call_site(), NO_CLASS)),
    }
}

const NO_CLASS: &str = "a check has a class, which says what its failure means: write `critical` \
    (without it no traffic), `degraded` (without it worse, but serving), `startup` (until it \
    passes once) or `liveness` (about this process alone), as in `#[health_check(critical)]`";

fn useless(class: Class, key: &Ident, refusals: &mut Refusals) {
    let reason = match (class, key.to_string().as_str()) {
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
        _ => return,
    };
    refusals.add(refuse(key, format!("`{key}` has no use here: {reason}")));
}

fn timeout(args: &Args, class: Class, refusals: &mut Refusals) {
    let Some((timeout, literal)) = args
        .timeout
        .as_ref()
        .and_then(|written| written.value.as_ref())
    else {
        return;
    };
    let interval = match &args.interval {
        _ if class == Class::Startup => return,
        None => DEFAULT_INTERVAL,
        Some(interval) => match &interval.value {
            Some((interval, _)) => *interval,
            None => return,
        },
    };
    if *timeout > interval {
        let default = if args.interval.is_none() {
            "default "
        } else {
            ""
        };
        let (long, short) = (written(*timeout), written(interval));
        refusals.add(refuse(
            literal,
            format!(
                "the timeout of {long} is longer than the {default}interval of {short}, and a run is not to last longer than the pause after it: write at most `timeout = \"{short}\"`, or at least `interval = \"{long}\"`"
            ),
        ));
    }
}
