use super::{Refusals, refuse};
use crate::args::{Args, Class};
use crate::body::{self, Fault, What};
use crate::signature::{Function, bare, last_name, result};

/// What is certain about the body. One that does not parse is half typed, and nothing is certain.
pub(super) fn body(args: &Args, function: &Function, refusals: &mut Refusals) {
    if is_refused_by_type(args, function) {
        return;
    }
    match body::fault(&function.body) {
        Some(Fault::None) => refusals.add(refuse(
            &function.signature.ident,
            "a check needs a body: put `health_check` on the function that answers",
        )),
        Some(Fault::CannotFail(pass)) => refusals.add(refuse(pass, CANNOT_FAIL)),
        Some(Fault::Swallows(swallowed)) if args.ignores_errors.is_none() => {
            refusals.add(refuse(swallowed.place, swallows(swallowed.what)));
        }
        Some(Fault::Swallows(_)) | None => {}
    }
}

const CANNOT_FAIL: &str = "this check can never fail, so it says nothing: return `Err` with the \
    reason when something is wrong, or remove the check";

fn swallows(what: What) -> String {
    let reason = match what {
        What::Error => {
            "the error is thrown away here, so this check passes whatever happens: hand the error on with `?`"
        }
        What::Answer => {
            "the answer is thrown away here, so this check passes whatever it is: hand an error on with `?`"
        }
        What::Missing => {
            "what went wrong or is missing is replaced here, so this check passes whatever happens: hand an error on with `?`, or what is missing with `ok_or(\"what\")?`"
        }
        What::Decision => {
            "every branch passes, so this check can never fail: return `Err` with the reason in one of them"
        }
    };
    format!("{reason}, or write `ignores_errors = \"why\"` in the attribute if that is meant")
}

/// Then the compiler says it better, at the type, and once is enough.
fn is_refused_by_type(args: &Args, function: &Function) -> bool {
    let Some(returned) = function.returned() else {
        return true;
    };
    let named = |ty, names: &[&str]| last_name(ty).is_some_and(|name| names.contains(&&*name));
    let degrades = !matches!(args.class, Some((Class::Startup | Class::Liveness, _)));
    match result(returned) {
        Some((passed, failed)) => {
            named(passed, &["bool", "Option", "Result"])
                || named(failed, &["Infallible"])
                || named(passed, &["Outcome"]) && !degrades
        }
        None => named(bare(returned), &["Outcome"]) && !degrades,
    }
}
