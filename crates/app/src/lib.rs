//! One function per act, one per reading. An act opens one writing transaction, checks permission in it, asks the domain,
//! keeps the record and the audit line, and commits. It knows no HTTP and no SQL. Start at `app` (what every function is
//! given) and `error` (what it may answer); every other file is one noun.

#![deny(clippy::unwrap_used)]

pub mod amending;
pub mod check;
pub mod core;
pub mod exchange;
pub mod honour;
pub mod imprint;
pub mod insight;
pub mod money;
pub mod office;
pub mod paper;
pub mod rating;
pub mod register;
pub mod round;
pub mod sharing;
pub mod year;

use jianjia_domain::core::job::JobKind;

use crate::core::{
    app::App,
    job::{Doing, Lane, Work},
};

/// What follows from the register and is kept beside it: where units stand.
pub const FOLLOWERS: &[core::app::Follow] = &[year::standing::follow];

/// How others did what a union's home lacks: cases lie in a later area than homes.
pub const OTHERS: round::home::FindOthers = sharing::case::others_beside;

/// What each kind of job does, in the order of `JobKind`; what needs words is done above: post, exports.
pub const WORKS: &[Work] = &[
    Work {
        kind: JobKind::Import,
        doing: Doing::Once {
            lane: Lane::Long,
            is_here: everywhere,
            run: exchange::import::job::work,
        },
    },
    Work {
        kind: JobKind::Verify,
        doing: Doing::Once {
            lane: Lane::Long,
            is_here: everywhere,
            run: exchange::verification::work,
        },
    },
    Work {
        kind: JobKind::Seal,
        doing: Doing::OnEachNode(core::seal::work),
    },
    Work {
        kind: JobKind::Remind,
        doing: Doing::Once {
            lane: Lane::Short,
            is_here: everywhere,
            run: office::reminder::work,
        },
    },
    Work {
        kind: JobKind::Invite,
        doing: Doing::Once {
            lane: Lane::Short,
            is_here: everywhere,
            run: office::invitation::reminding::work,
        },
    },
    Work {
        kind: JobKind::TakeDown,
        doing: Doing::Once {
            lane: Lane::Short,
            is_here: everywhere,
            run: round::publication::work,
        },
    },
    Work {
        kind: JobKind::Rejudge,
        doing: Doing::Once {
            lane: Lane::Long,
            is_here: everywhere,
            run: year::standing::behind::work,
        },
    },
    Work {
        kind: JobKind::Sweep,
        doing: Doing::Once {
            lane: Lane::Short,
            is_here: everywhere,
            run: office::sweep::work,
        },
    },
    Work {
        kind: JobKind::Xray,
        doing: Doing::Once {
            lane: Lane::Long,
            is_here: everywhere,
            run: insight::xray::job::work,
        },
    },
    Work {
        kind: JobKind::Editions,
        doing: Doing::OnEachNode(amending::edition::work),
    },
    Work {
        kind: JobKind::Effect,
        doing: Doing::Once {
            lane: Lane::Long,
            is_here: everywhere,
            run: amending::amendment::work,
        },
    },
    Work {
        kind: JobKind::RejudgeEdition,
        doing: Doing::Once {
            lane: Lane::Long,
            is_here: everywhere,
            run: amending::edition::rejudge,
        },
    },
    Work {
        kind: JobKind::Backup,
        doing: Doing::Once {
            lane: Lane::Long,
            is_here: exchange::backup::is_here,
            run: exchange::backup::work,
        },
    },
    Work {
        kind: JobKind::Columns,
        doing: Doing::OnEachNode(amending::what_if::follow),
    },
];

/// Every node can do it.
fn everywhere(_: &App) -> bool {
    true
}
