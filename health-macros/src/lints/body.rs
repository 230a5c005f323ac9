use super::{Refusals, refuse};
use crate::args::Args;
use crate::body::{self, Fault, What};
use crate::calls::leaves_the_process;
use crate::signature::{Function, bare, last_name, result};
use crate::value::Written;
use crate::words::Class;

/// What is to be seen of the body. One that does not parse is half typed, and not judged.
pub(super) fn body(args: &Args, function: &Function, refusals: &mut Refusals) {
    if is_refused_by_type(args, function) {
        return;
    }
    let Ok(fault) = body::fault(&function.body) else {
        return;
    };
    match (fault, &args.ignores_errors) {
        (Some(Fault::CannotFail(pass)), None) => refusals.add(refuse(pass, CANNOT_FAIL)),
        (Some(Fault::Swallows(swallowed)), None) => {
            refusals.add(refuse(swallowed.place, swallows(swallowed.what)));
        }
        (None, Some(reason)) => excuses_nothing(
            reason,
            "no error that this function throws away is to be seen",
            refusals,
        ),
        (_, Some(_)) | (None, None) => {}
    }
    if matches!(args.class, Some((Class::Liveness, _))) {
        match (leaves_the_process(function.body.clone()), &args.local) {
            (Some(place), None) => refusals.add(refuse(place, LEAVES)),
            (None, Some(reason)) => excuses_nothing(
                reason,
                "nothing that this function does outside of the process is to be seen",
                refusals,
            ),
            _ => {}
        }
    }
}

const CANNOT_FAIL: &str = "this check can never fail, so it says nothing: return `Err` with the \
    reason when something is wrong, remove the check, or write `ignores_errors = \"why\"` in the \
    attribute if that is meant";

const LEAVES: &str = "a liveness check looks only at this process: waiting for another, it would \
    restart every instance when that one fails (a restart storm); write `critical` instead of \
    `liveness`, or `local = \"why\"` in the attribute if this stays within the process";

fn swallows(what: What) -> String {
    let reason = match what {
        What::Error => {
            "the error is thrown away here, so this check passes whatever the answer is: hand the error on with `?`"
        }
        What::Answer => {
            "the answer is thrown away here, so this check passes whatever it is: hand an error on with `?`"
        }
        What::Missing => {
            "what went wrong or is missing is replaced here, so this check passes whatever the answer is: hand an error on with `?`, or what is missing with `ok_or(\"what\")?`"
        }
        What::Decision => {
            "every branch passes, so this check can never fail: return `Err` with the reason in one of them"
        }
        What::Task => {
            "nobody waits for this task, so this check passes whatever becomes of it: ask here, and hand an error on with `?`"
        }
    };
    format!("{reason}, or write `ignores_errors = \"why\"` in the attribute if that is meant")
}

/// An excuse that is not needed any more would excuse the next mistake.
fn excuses_nothing(reason: &Written<String>, nothing: &str, refusals: &mut Refusals) {
    // A wrong one was refused already.
    if reason.value.is_some() {
        let key = &reason.key;
        refusals.add(refuse(
            key,
            format!("`{key}` excuses nothing here, since {nothing}: remove it"),
        ));
    }
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
