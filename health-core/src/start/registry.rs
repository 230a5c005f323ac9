use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::panic::Location;
use std::sync::Arc;

use super::error::{Problem, StartError};
use crate::declare::check::Check;
use crate::declare::declaration::{CheckRef, Declaration};
use crate::declare::described::Described;
use crate::declare::name::{self, InvalidName};
use crate::declare::schedule::Schedule;
use crate::declare::state::State;
use crate::declare::work::Work;

/// The checks of a service: each with its state, its name its own, its schedule sound.
#[derive(Debug)]
pub(crate) struct Registry {
    pub(crate) checks: Vec<(Described, Work)>,
}

/// What a registry is made of, unchecked.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    pub(crate) state: State,
    /// Made by hand.
    pub(crate) made: Vec<Check>,
    pub(crate) required: Vec<CheckRef>,
    /// Of the declarations just these.
    pub(crate) only: Option<Vec<CheckRef>>,
    pub(crate) allow_empty: bool,
    pub(crate) has_runtime: bool,
    /// What the builder itself found wrong.
    pub(crate) problems: Vec<Problem>,
    /// Names of startup tasks, and where they were declared.
    pub(crate) tasks: Vec<(Arc<str>, &'static Location<'static>)>,
}

impl Registry {
    /// The only way to a registry: finds every problem there is.
    pub(crate) fn new(mut sources: Sources) -> Result<Registry, StartError> {
        let mut problems = std::mem::take(&mut sources.problems);
        let declarations: Vec<_> = Declaration::all().collect();
        let by_function: HashMap<TypeId, &Declaration> =
            declarations.iter().map(|d| ((d.function)(), *d)).collect();
        problems.extend(not_checks(&sources, &by_function));
        problems.extend(given_twice(&sources.state));
        problems.extend(bad_tasks(&sources.tasks));

        let chosen = match &sources.only {
            None => declarations,
            Some(only) => {
                let mut seen = HashSet::new();
                let new = only.iter().filter(|check| seen.insert(check.function));
                new.filter_map(|check| by_function.get(&check.function).copied())
                    .collect()
            }
        };
        let mut checks = sources.made;
        for declaration in chosen {
            let (check, missing) = declaration.bind(&sources.state);
            problems.extend(missing.iter().map(|missing| {
                let (name, argument, type_name) = (declaration.name, missing.argument, missing.type_name);
                let what = format!("check `{name}` takes `{argument}`, and no `{type_name}` was given: add `.state(..)`");
                Problem::at(declaration.location, what)
            }));
            // What else is wrong with it is told as well.
            checks.push(check);
        }
        // The linker's order is nobody's.
        checks.sort_by_key(|check| {
            (
                check.declared_at.file(),
                check.declared_at.line(),
                check.declared_at.column(),
            )
        });

        problems.extend(duplicates(&checks));
        if checks.is_empty() && problems.is_empty() && !sources.allow_empty {
            problems.push(Problem::nowhere(NO_CHECKS));
        }
        let mut registered = Vec::with_capacity(checks.len());
        for check in checks {
            problems.extend(wrong(&check, sources.has_runtime));
            match Schedule::new(check.class, check.options) {
                Ok(schedule) => {
                    let described = Described::new(&check, schedule);
                    registered.push((described, check.work));
                }
                Err(wrong) => problems.extend(wrong.iter().map(|wrong| {
                    Problem::at(
                        check.declared_at,
                        format!("check `{}`: {wrong}", check.name),
                    )
                })),
            }
        }
        if problems.is_empty() {
            Ok(Registry { checks: registered })
        } else {
            Err(StartError::new(problems))
        }
    }
}

const NO_CHECKS: &str = "there are no checks, so every answer would be a guess: annotate a function with \
    `#[health_check(..)]`, name the checks of other crates with `.require(checks![..])`, or say `.allow_empty()`";

fn not_checks<'a>(
    sources: &'a Sources,
    by_function: &'a HashMap<TypeId, &Declaration>,
) -> impl Iterator<Item = Problem> + 'a {
    let named = sources.required.iter().chain(sources.only.iter().flatten());
    named
        .filter(|check| !by_function.contains_key(&check.function))
        .map(|check| {
            let what = format!(
                "`{}` is not a check: put `#[health_check(..)]` on it, or take it out",
                check.path
            );
            Problem::at(check.location, what)
        })
}

fn given_twice(state: &State) -> impl Iterator<Item = Problem> + '_ {
    state.given_twice.iter().map(|twice| {
        let (type_name, first) = (twice.type_name, twice.first);
        let what = format!("state `{type_name}` was given before, at {first}: give each type once, or wrap it in a type of its own");
        Problem::at(twice.second, what)
    })
}

fn bad_tasks(tasks: &[(Arc<str>, &'static Location<'static>)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen: HashMap<&str, &Location<'_>> = HashMap::new();
    for (name, place) in tasks {
        if !name::is_valid(name) {
            problems.push(Problem::at(
                place,
                format!("startup task: {}", InvalidName::new(name)),
            ));
        }
        if let Some(first) = seen.insert(name, place) {
            let what = format!(
                "startup task `{name}` was declared before, at {first}: choose another name"
            );
            problems.push(Problem::at(place, what));
        }
    }
    problems
}

fn duplicates(checks: &[Check]) -> Vec<Problem> {
    let mut first: HashMap<&str, &Check> = HashMap::new();
    let mut problems = Vec::new();
    for check in checks {
        match first.get(&*check.name) {
            Some(before) => {
                let (name, place) = (&check.name, before.declared_at);
                let what = format!(
                    "check `{name}` has the name of the one at {place}: write `name = \"..\"` on one of them"
                );
                problems.push(Problem::at(check.declared_at, what));
            }
            None => {
                first.insert(&check.name, check);
            }
        }
    }
    problems
}

fn wrong(check: &Check, has_runtime: bool) -> Vec<Problem> {
    let mut wrong = Vec::new();
    if !name::is_valid(&check.name) {
        wrong.push(InvalidName::new(&check.name).to_string());
    }
    if check.work.is_async() && !has_runtime {
        wrong.push(
            "it is async, and there is no Tokio runtime here: call `start()` inside one".to_owned(),
        );
    }
    if !check.needed_by.is_empty() && !check.class.is_readiness() {
        wrong.push(format!(
            "`needed_by` has no use on a {}-class check: only readiness has features",
            check.class
        ));
    }
    wrong
        .into_iter()
        .map(|what| Problem::at(check.declared_at, format!("check `{}`: {what}", check.name)))
        .collect()
}
