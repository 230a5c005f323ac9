mod alternating;
mod blocked_workers;
mod blocking_async;
mod blocking_for_ever;
mod deadlines;
mod exit;
mod frozen;
mod half_open;
mod hang;
mod load;
mod panics;
mod slope;

use crate::fault::Fault;

/// In the order of the table.
pub(crate) const ALL: [Fault; 12] = [
    hang::FAULT,
    load::FAULT,
    slope::FAULT,
    deadlines::FAULT,
    panics::FAULT,
    alternating::FAULT,
    blocking_async::FAULT,
    blocking_for_ever::FAULT,
    blocked_workers::FAULT,
    frozen::FAULT,
    exit::FAULT,
    half_open::FAULT,
];
