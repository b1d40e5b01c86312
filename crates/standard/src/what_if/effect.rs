//! Who would gain and who would lose a title: two judgements of the same columns, side by side.

use crate::batch::plan::Plan;
use crate::batch::{ColumnJudgement, Counts};
use crate::columns::Columns;
use crate::judgement::Status;
use crate::keyed;
use crate::kinds::Kind;

keyed! {
    /// What a change comes to for one subject and title.
    pub enum Move {
        /// Meets the title now, and did not before.
        Gained = "gained",
        /// Met it before and does not now.
        Lost = "lost",
        /// Met it before; now it is unknown, since something is asked for that is not known. Unknown is never no.
        Unsure = "unsure",
    }
}

impl Move {
    /// What a change comes to for one subject, by both standards; none where it moves nothing. By a standard that has no such title nobody meets it.
    pub fn of(before: Option<Status>, after: Option<Status>) -> Option<Move> {
        let met = Some(Status::Met);
        match (before == met, after) {
            (false, after) if after == met => Some(Move::Gained),
            (true, Some(Status::Unknown)) => Some(Move::Unsure),
            (true, after) if after != met => Some(Move::Lost),
            _ => None,
        }
    }
}

/// What becomes of one title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TitleEffect {
    pub title: String,
    /// Subjects that can't hold it are `na`.
    pub before: Counts,
    pub after: Counts,
    /// The rows that move, in order.
    pub moved: Vec<(u32, Move)>,
}

impl TitleEffect {
    pub fn count(&self, of: Move) -> usize {
        self.moved.iter().filter(|(_, moved)| *moved == of).count()
    }
}

/// A standard's plan and what it judged.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    pub plan: &'a Plan,
    pub judgement: &'a ColumnJudgement,
}

/// Compares two judgements of the same columns, title by title: those of `to`, then those that only `from` has. `within`: one bit for each subject that
/// is looked at.
pub fn effect(
    from: Judged<'_>,
    to: Judged<'_>,
    columns: &Columns,
    within: &[u64],
) -> Vec<TitleEffect> {
    let mut keys: Vec<&str> = to
        .plan
        .titles
        .iter()
        .map(|title| title.key.as_str())
        .collect();
    for title in &from.plan.titles {
        if !keys.contains(&title.key.as_str()) {
            keys.push(&title.key);
        }
    }
    keys.into_iter()
        .map(|key| of_title(key, from, to, columns, within))
        .collect()
}

fn of_title(
    key: &str,
    from: Judged<'_>,
    to: Judged<'_>,
    columns: &Columns,
    within: &[u64],
) -> TitleEffect {
    let place = |plan: &Plan| plan.titles.iter().position(|title| title.key == key);
    let (before_at, after_at) = (place(from.plan), place(to.plan));
    let mut found = TitleEffect {
        title: key.to_owned(),
        before: Counts::default(),
        after: Counts::default(),
        moved: Vec::new(),
    };
    let mut all = 0;
    for (block, within) in within.iter().enumerate() {
        let planes = |side: Judged<'_>, at: Option<usize>| {
            let Some(at) = at else {
                return Planes::default();
            };
            let can = of_kinds(columns, &side.plan.titles[at].kinds, block) & within;
            let statuses = side.judgement.title_block(at, block);
            Planes {
                met: statuses.met & can,
                unmet: statuses.unmet & can,
                unknown: can & !(statuses.met | statuses.unmet),
            }
        };
        let before = planes(from, before_at);
        let after = planes(to, after_at);
        before.add_to(&mut found.before);
        after.add_to(&mut found.after);
        all += u64::from(within.count_ones());
        let gained = after.met & !before.met;
        let unsure = before.met & after.unknown;
        let mut left = gained | (before.met & !after.met);
        while left != 0 {
            let lane = left.trailing_zeros();
            let bit = 1u64 << lane;
            left &= left - 1;
            let moved = if gained & bit != 0 {
                Move::Gained
            } else if unsure & bit != 0 {
                Move::Unsure
            } else {
                Move::Lost
            };
            let row = u32::try_from(block * 64).unwrap_or(u32::MAX - 64) + lane;
            found.moved.push((row, moved));
        }
    }
    found.before.na = all - found.before.met - found.before.unmet - found.before.unknown;
    found.after.na = all - found.after.met - found.after.unmet - found.after.unknown;
    found
}

#[derive(Clone, Copy, Default)]
struct Planes {
    met: u64,
    unmet: u64,
    unknown: u64,
}

impl Planes {
    fn add_to(self, counts: &mut Counts) {
        counts.met += u64::from(self.met.count_ones());
        counts.unmet += u64::from(self.unmet.count_ones());
        counts.unknown += u64::from(self.unknown.count_ones());
    }
}

fn of_kinds(columns: &Columns, kinds: &[Kind], block: usize) -> u64 {
    let bits = |kind: &Kind| columns.kinds[*kind as usize][block];
    kinds.iter().fold(0, |all, kind| all | bits(kind))
}
