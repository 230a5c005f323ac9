//! What a call in a body is for, as far as its name says so.

use proc_macro2::TokenTree;
use syn::{Expr, ExprCall, ExprMethodCall, Path};

use crate::path::names;

/// Macros that only write something down, or put a value together.
const QUIET: &[&str] = &[
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "crit",
    "log",
    "event",
    "span",
    "trace_span",
    "debug_span",
    "info_span",
    "warn_span",
    "error_span",
    "print",
    "println",
    "eprint",
    "eprintln",
    "dbg",
    "write",
    "writeln",
    "format",
    "format_args",
    "vec",
    "json",
    "matches",
    "concat",
    "stringify",
    "line",
    "file",
    "module_path",
    "env",
    "counter",
    "gauge",
    "histogram",
    "increment_counter",
    "increment_gauge",
    "decrement_gauge",
    "record_gauge",
    "log_info",
    "log_warn",
    "log_warning",
    "log_error",
    "log_debug",
    "log_trace",
    "warning",
    "notice",
];

/// Methods of metrics, spans and counters, called for what they note down.
const NOTES: &[&str] = &[
    "inc",
    "inc_by",
    "increment",
    "dec",
    "dec_by",
    "decrement",
    "add",
    "sub",
    "set",
    "set_to_current_time",
    "absolute",
    "record",
    "record_value",
    "observe",
    "store",
    "fetch_add",
    "fetch_sub",
    "fetch_max",
    "fetch_or",
    "emit",
    "log",
    "info",
    "warn",
    "warning",
    "error",
    "debug",
    "trace",
];

/// Methods that ask nothing: their answer is the value itself, seen otherwise.
const HARMLESS: &[&str] = &[
    "clone",
    "to_string",
    "to_owned",
    "to_vec",
    "into",
    "as_ref",
    "as_str",
    "as_bytes",
    "as_deref",
    "len",
    "is_empty",
    "elapsed",
    "as_millis",
    "as_micros",
    "as_secs",
    "as_secs_f64",
    "duration_since",
    "saturating_sub",
    "saturating_add",
    "saturating_mul",
    "max",
    "min",
    "entered",
    "enter",
];

/// Methods for which one waits: that they return at all may be the check.
const WAITS: &[&str] = &[
    "lock",
    "lock_owned",
    "read",
    "write",
    "read_owned",
    "write_owned",
    "acquire",
    "acquire_owned",
    "acquire_many",
    "reserve",
    "wait",
    "wait_for",
    "changed",
    "notified",
    "recv",
    "recv_many",
    "tick",
    "closed",
    "cancelled",
    "join",
    "ready",
    "yield_now",
    "sleep",
    "barrier",
    "barrier_wait",
    "blocking_lock",
    "blocking_read",
    "blocking_write",
    "blocking_recv",
];

pub(crate) fn is_quiet_macro(path: &Path) -> bool {
    names(path, QUIET)
}

pub(crate) fn is_quiet_word(word: &str) -> bool {
    QUIET.contains(&word)
}

/// `metrics.failures.inc()`
pub(crate) fn is_quiet_call(call: &ExprMethodCall) -> bool {
    let notes = NOTES.iter().any(|note| call.method == note);
    notes && !call.args.iter().any(asks) && is_known(&call.receiver)
}

/// A value that is there already, or a call that only finds it.
fn is_known(receiver: &Expr) -> bool {
    match receiver {
        Expr::MethodCall(call) => {
            call.method == "with_label_values" || call.method == "get_or_create" || {
                !asks(receiver)
            }
        }
        receiver => !asks(receiver),
    }
}

/// Whether something is called, so that there is an answer.
pub(crate) fn asks(value: &Expr) -> bool {
    match value {
        Expr::Lit(_) | Expr::Path(_) | Expr::Closure(_) | Expr::Infer(_) => false,
        Expr::Paren(inner) => asks(&inner.expr),
        Expr::Group(inner) => asks(&inner.expr),
        Expr::Reference(inner) => asks(&inner.expr),
        Expr::Cast(inner) => asks(&inner.expr),
        Expr::Unary(inner) => asks(&inner.expr),
        Expr::Binary(both) => asks(&both.left) || asks(&both.right),
        Expr::Field(field) => asks(&field.base),
        Expr::Tuple(tuple) => tuple.elems.iter().any(asks),
        Expr::Array(array) => array.elems.iter().any(asks),
        Expr::Struct(fields) => fields.fields.iter().any(|field| asks(&field.expr)),
        Expr::Macro(call) => !is_quiet_macro(&call.mac.path),
        Expr::Block(block) => block.block.stmts.iter().any(|statement| match statement {
            syn::Stmt::Local(local) => local.init.as_ref().is_some_and(|init| asks(&init.expr)),
            syn::Stmt::Item(_) => false,
            syn::Stmt::Expr(value, _) => asks(value),
            syn::Stmt::Macro(call) => !is_quiet_macro(&call.mac.path),
        }),
        Expr::MethodCall(call) => {
            let harmless = HARMLESS.iter().any(|method| call.method == method);
            let harmless = harmless || call.method == "load" && call.args.iter().any(is_ordering);
            !harmless || asks(&call.receiver) || call.args.iter().any(asks)
        }
        Expr::Call(call) => {
            let Expr::Path(function) = &*call.func else {
                return true;
            };
            let name = function
                .path
                .segments
                .last()
                .map(|last| last.ident.to_string());
            let harmless = name.is_some_and(|name| {
                matches!(
                    &*name,
                    "now"
                        | "default"
                        | "passed"
                        | "drop"
                        | "Ok"
                        | "Err"
                        | "Some"
                        | "from_secs"
                        | "from_millis"
                        | "from"
                )
            });
            !harmless || call.args.iter().any(asks)
        }
        _ => true,
    }
}

/// `Ordering::Relaxed`
fn is_ordering(argument: &Expr) -> bool {
    match argument {
        Expr::Path(path) => names(&path.path, &["Relaxed", "Acquire", "SeqCst"]),
        _ => false,
    }
}

pub(crate) fn is_awaited(value: &Expr) -> bool {
    match value {
        Expr::Await(_) => true,
        Expr::Paren(inner) => is_awaited(&inner.expr),
        Expr::Reference(inner) => is_awaited(&inner.expr),
        Expr::MethodCall(call) => is_awaited(&call.receiver),
        _ => false,
    }
}

/// `lock.lock().await`: that it comes back may be all that was asked.
pub(crate) fn might_be_the_check(value: &Expr) -> bool {
    let waits = |name: &dyn std::fmt::Display| WAITS.contains(&&*name.to_string());
    match value {
        Expr::Await(inner) => might_be_the_check(&inner.base),
        Expr::Paren(inner) => might_be_the_check(&inner.expr),
        Expr::Reference(inner) => might_be_the_check(&inner.expr),
        Expr::MethodCall(call) => waits(&call.method) || might_be_the_check(&call.receiver),
        Expr::Call(call) => match &*call.func {
            Expr::Path(function) => function
                .path
                .segments
                .last()
                .is_some_and(|last| waits(&last.ident)),
            _ => false,
        },
        _ => false,
    }
}

/// `tokio::spawn(..)`
pub(crate) fn starts_a_task(call: &ExprCall) -> bool {
    match &*call.func {
        Expr::Path(function) => names(&function.path, &["spawn", "spawn_blocking", "spawn_local"]),
        _ => false,
    }
}

/// Where a body waits for something outside of the process, as far as a name says so.
pub(crate) fn leaves_the_process(tokens: proc_macro2::TokenStream) -> Option<TokenTree> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    tokens.iter().enumerate().find_map(|(place, token)| match token {
        TokenTree::Group(group) => leaves_the_process(group.stream()),
        TokenTree::Ident(word) => {
            let is_path = matches!(tokens.get(place + 1), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
            let is_called = matches!(tokens.get(place + 1), Some(TokenTree::Group(_)));
            let outside = match &*word.to_string() {
                "block_on" | "lookup_host" | "to_socket_addrs" | "connect_timeout" => is_called,
                "reqwest" | "ureq" | "isahc" | "minreq" | "attohttpc" => is_path,
                "TcpStream" | "UnixStream" => {
                    is_path && matches!(tokens.get(place + 3), Some(TokenTree::Ident(word)) if word == "connect")
                }
                _ => false,
            };
            outside.then(|| token.clone())
        }
        _ => None,
    })
}
