//! The `#[health_check]` attribute. Its manual is at `health_core::health_check`.

mod args;
mod bind;
mod body;
mod calls;
mod duration;
mod exits;
mod expand;
mod lints;
mod list;
mod nearest;
mod path;
mod signature;
mod value;
mod words;

#[cfg(test)]
mod mutations;
#[cfg(test)]
mod snapshots;

use proc_macro::TokenStream;

/// # In short
///
/// Makes a function a health check, and leaves it what it was: `#[health_check(critical)]`.
///
/// Exactly one class: `critical` (without it no traffic), `degraded` (without it worse, but
/// serving), `startup` (until it passes once) or `liveness` (about this process alone; not `async`).
///
/// | option | meaning | default |
/// |---|---|---|
/// | `name = "orders-database"` | `[a-z][a-z0-9_-]*` | the function's name |
/// | `timeout = "500ms"` | a run past it is a failure | `2s`, at most `interval` |
/// | `interval = "15s"` | from the end of a run to the start of the next | `5s` |
/// | `retry = "250ms"` | the same while in doubt or not healthy | `1s`, at most `interval` |
/// | `fail_after = 4` | worse runs in a row before the verdict falls | 2; liveness 3 |
/// | `pass_after = 2` | better runs in a row before it rises | 1 |
/// | `needed_by(SEARCH)` | features that cannot be served while this fails | none |
/// | `ignores_errors = "why"` | the body may pass whatever the answer is | not allowed |
/// | `local = "why"` | a liveness check that connects stays within the process | not allowed |
/// | `crate = path` | where `health_core` is | `::health_core` |
///
/// Arguments are state, by type: `&T`, `&dyn Trait`, `Arc<T>`, `Option<&T>`. It returns
/// `Result<T, E>`, where `T` is `()` or details, or `Outcome` (critical and degraded class).
#[proc_macro_attribute]
pub fn health_check(attr: TokenStream, item: TokenStream) -> TokenStream {
    let here = proc_macro::Span::call_site();
    let place = expand::Place {
        line: here.line(),
        column: here.column(),
    };
    expand::expand(attr.into(), &item.into(), place).into()
}
