//! Signals for the union above: oddities of a poll that touch no ballot. They inform a reviewer and decide nothing.

use jianjia_standard::{Lang, Standard, programme::BallotRules};
use serde::{Deserialize, Serialize};

use crate::{rating::poll::counting::Tally, year::totals::RatingTotals};

/// How the used slips spread over time and networks: coarse counts, thrown away when the box is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Slips in each span of ten minutes.
    pub spans: Vec<i64>,
    /// Slips from each of the coarse classes of networks.
    pub networks: Vec<i64>,
}

/// Seconds of a span.
pub const SPAN_SECONDS: i64 = 600;

/// Classes of networks: few enough that a class says nothing about a person.
pub const NETWORK_CLASSES: u64 = 16;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "signal")]
pub enum Signal {
    /// Everybody gave the same answer to everything.
    Unanimous { ballots: i64 },
    /// Nearly all slips were used within a few minutes, from few networks.
    AllAtOnce {
        slips: i64,
        minutes: i64,
        networks: i64,
    },
    /// The satisfaction is far from the year before; both in whole percents, cut off.
    FarFromLastYear { now: i64, before: i64 },
}

impl Signal {
    pub fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (Signal::Unanimous { ballots }, Lang::Zh) => {
                format!("{ballots} 张票对每个项目的选择完全相同。请向会员了解投票是否真实自愿。")
            }
            (Signal::Unanimous { ballots }, Lang::En) => {
                format!(
                    "All {ballots} ballots give the same answer to everything. Please ask members whether they voted freely."
                )
            }
            (
                Signal::AllAtOnce {
                    slips,
                    minutes,
                    networks,
                },
                Lang::Zh,
            ) => format!(
                "{slips} 张票几乎都在 {minutes} 分钟内、从 {networks} 处网络投出。如果不是集中开会投票，请了解情况。"
            ),
            (
                Signal::AllAtOnce {
                    slips,
                    minutes,
                    networks,
                },
                Lang::En,
            ) => format!(
                "Nearly all of the {slips} slips were used within {minutes} minutes from {networks} networks. Unless members voted at a meeting, please ask."
            ),
            (Signal::FarFromLastYear { now, before }, Lang::Zh) => {
                format!("今年满意度约 {now} %，去年约 {before} %，相差很大。请了解原因。")
            }
            (Signal::FarFromLastYear { now, before }, Lang::En) => {
                format!(
                    "Satisfaction is about {now} % this year and was about {before} % last year. Please find out why."
                )
            }
        }
    }
}

/// The least ballots of which unanimity or haste is worth telling.
const ENOUGH: i64 = 20;

/// What is worth telling of a counted poll.
pub fn signals(
    standard: &Standard,
    rules: &BallotRules,
    tallies: &[Tally],
    pace: &Pace,
    now: Option<&RatingTotals>,
    before: Option<&RatingTotals>,
) -> Vec<Signal> {
    let mut signals = Vec::new();
    let ballots: i64 = tallies
        .first()
        .map_or(0, |tally| tally.answers.values().sum());
    let is_one_answer =
        |tally: &Tally| tally.answers.values().filter(|count| **count > 0).count() == 1;
    if ballots >= ENOUGH && tallies.iter().all(is_one_answer) {
        signals.push(Signal::Unanimous { ballots });
    }
    let slips: i64 = pace.spans.iter().sum();
    let fullest = pace.spans.iter().copied().max().unwrap_or(0);
    let networks = pace.networks.iter().filter(|count| **count > 0).count();
    // Nine of ten within one span, from at most two classes of networks.
    if slips >= ENOUGH && fullest * 10 >= slips * 9 && networks <= 2 {
        signals.push(Signal::AllAtOnce {
            slips,
            minutes: SPAN_SECONDS / 60,
            networks: i64::try_from(networks).unwrap_or(i64::MAX),
        });
    }
    let percent = |totals: &RatingTotals| {
        let (satisfied, valid) = totals.satisfied_of_valid(standard)?;
        (satisfied * 100).checked_div(valid)
    };
    if let (Some(now), Some(before)) = (now.and_then(percent), before.and_then(percent))
        && now.abs_diff(before) > rules.far_from_last_year
    {
        signals.push(Signal::FarFromLastYear { now, before });
    }
    signals
}
