//! What a check takes of the heap.

use std::io;
use std::time::Duration;

use health_core::{Check, Health};

use crate::checks::{ready, runtime};
use crate::rows::Row;

/// The heap of a service that runs, by its number of checks.
pub(crate) fn per_check() -> Vec<Row> {
    let few = settled(10);
    let many = settled(2_010);
    let each = many.saturating_sub(few) / 2_000;
    vec![Row {
        what: "a check with its history".into(),
        ours: format!("{each} bytes of heap"),
        beside: "2,010 checks less 10".into(),
        bound: "1,536 bytes",
        holds: Some(each <= 1_536),
    }]
}

/// The heap once every check has run more often than its history is long.
fn settled(number: usize) -> usize {
    // Whatever ran before has ended by then.
    std::thread::sleep(Duration::from_secs(1));
    let before = crate::HEAP.allocated();
    let runtime = runtime();
    runtime.block_on(async {
        let checks = (0..number).map(|n| {
            Check::critical(format!("check_{n}"), || async { Ok::<_, io::Error>(()) })
                .interval(Duration::from_millis(200))
        });
        let health = Health::builder()
            .extend(checks)
            .start()
            .expect("nothing is wrong with it");
        ready(&health).await;
        tokio::time::sleep(Duration::from_secs(9)).await;
        crate::HEAP.allocated().saturating_sub(before)
    })
}
