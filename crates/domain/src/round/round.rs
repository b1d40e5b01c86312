//! A round: one year of the programme with its calendar (clause P6). The days come from the standard and may be moved by the city;
//! an act outside its window is refused with the days that matter.

mod refusal;

use jianjia_standard::{
    Standard,
    programme::{ActWindow, Phase, RoundAct},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

pub use self::refusal::RoundRefusal;
use crate::core::{
    policy::{Permit, act},
    refusal::{General, Refusal},
};

/// A year of the programme and the days of its three phases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    pub year: i16,
    pub standard_key: String,
    pub declaration: Days,
    pub examination: Days,
    /// When titles are named and commended: the next year, as a rule.
    pub commendation: Days,
    /// Which act is done from the first day of which phase to the last of which; the standard's, whatever days the city sets.
    #[serde(skip)]
    pub acts: Vec<ActWindow>,
    pub note: String,
    /// 0 while the days are the standard's own and nobody has set any.
    pub revision: i64,
    pub changed_at: Option<Timestamp>,
}

/// Days from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    pub from: Date,
    pub to: Date,
}

impl Days {
    pub fn contains(self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

/// The round of a year by the standard's own calendar, as long as nobody sets other days. A standard without a calendar is open all year.
///
/// # Errors
/// When the year is not one of the programme's.
pub fn by_calendar(standard: &Standard, year: i16) -> Result<Round, RoundRefusal> {
    let (first, last) = (standard.programme.first_year, standard.programme.last_year);
    if !(first..=last).contains(&year) {
        return Err(RoundRefusal::OutsideProgramme { year, first, last });
    }
    let all_year = Days {
        from: jiff::civil::date(year, 1, 1),
        to: jiff::civil::date(year, 12, 31),
    };
    let mut round = Round {
        year,
        standard_key: standard.key.clone(),
        declaration: all_year,
        examination: all_year,
        commendation: all_year,
        acts: ActWindow::usual(),
        note: String::new(),
        revision: 0,
        changed_at: None,
    };
    if let Some(calendar) = &standard.calendar {
        let days = |window: jianjia_standard::programme::Window| {
            let (from, to) = window.days(year);
            Days { from, to }
        };
        round.declaration = days(calendar.declaration);
        round.examination = days(calendar.examination);
        round.commendation = days(calendar.commendation);
        round.acts.clone_from(&calendar.acts);
    }
    Ok(round)
}

/// The days on which an act may be done in a round.
pub fn window(round: &Round, act: RoundAct) -> Days {
    let days = |phase| match phase {
        Phase::Declaration => round.declaration,
        Phase::Examination => round.examination,
        Phase::Commendation => round.commendation,
    };
    let named = round.acts.iter().find(|window| window.act == act);
    let (from, to) = named.map_or((Phase::Declaration, Phase::Commendation), |window| {
        (window.from, window.to)
    });
    Days {
        from: days(from).from,
        to: days(to).to,
    }
}

/// Whether an act may be done today.
///
/// # Errors
/// Outside its window, with the days that matter: its own, and when they have passed those of the first of the `later` rounds in which
/// the act can still be done.
pub fn open(
    round: &Round,
    later: &[Round],
    act: RoundAct,
    today: Date,
) -> Result<(), RoundRefusal> {
    let days = window(round, act);
    if days.contains(today) {
        return Ok(());
    }
    let mut windows = later.iter().map(|round| (round.year, window(round, act)));
    let next = windows.find(|(_, days)| today <= days.to);
    let next = next.filter(|_| today > days.to);
    Err(RoundRefusal::OutsideWindow {
        act,
        days,
        today,
        next,
    })
}

/// What the city fills in to move the days of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundDays {
    pub declaration: Days,
    pub examination: Days,
    pub commendation: Days,
    pub note: String,
    /// The revision of the round that the form was made from.
    pub revision: i64,
}

/// The round with other days.
///
/// # Errors
/// When somebody saved in between, or the days don't follow one another.
pub fn set_days(
    round: Round,
    _: &Permit<act::SetCalendar>,
    input: RoundDays,
    now: Timestamp,
) -> Result<Round, Refusal> {
    if input.revision != round.revision {
        return Err(General::Stale.into());
    }
    let mut wrong = Vec::new();
    let phases = [
        ("declaration_to", input.declaration),
        ("examination_to", input.examination),
        ("commendation_to", input.commendation),
    ];
    for (field, days) in phases {
        if days.to < days.from {
            let refusal = RoundRefusal::EndsBeforeItBegins { days };
            wrong.push((field.to_owned(), refusal.into()));
        }
    }
    let follows = [
        (
            "examination_from",
            input.declaration.from,
            input.examination.from,
        ),
        (
            "commendation_from",
            input.examination.from,
            input.commendation.from,
        ),
    ];
    for (field, earlier, later) in follows {
        if later < earlier {
            let refusal = RoundRefusal::BeforeThePhaseAhead { earlier, later };
            wrong.push((field.to_owned(), refusal.into()));
        }
    }
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong));
    }
    Ok(Round {
        declaration: input.declaration,
        examination: input.examination,
        commendation: input.commendation,
        note: input.note,
        revision: round.revision + 1,
        changed_at: Some(now),
        ..round
    })
}

#[cfg(test)]
mod tests {
    use jianjia_standard::Lang;
    use jiff::civil::date;

    use super::*;
    use crate::core::{policy::any_permit, refusal::Refuse};

    fn round(year: i16) -> Round {
        let days = |from, to| Days { from, to };
        Round {
            year,
            standard_key: "invented".to_owned(),
            declaration: days(date(year, 10, 1), date(year, 10, 31)),
            examination: days(date(year, 11, 1), date(year, 11, 30)),
            commendation: days(date(year + 1, 1, 1), date(year + 1, 12, 31)),
            acts: ActWindow::usual(),
            note: String::new(),
            revision: 0,
            changed_at: None,
        }
    }

    #[test]
    fn every_act_has_its_window() {
        let open_acts = |today| {
            let round = round(2016);
            RoundAct::ALL
                .into_iter()
                .filter(|act| open(&round, &[], *act, today).is_ok())
                .collect::<Vec<RoundAct>>()
        };
        use RoundAct::{Decide, Name, Recommend, Resubmit, Review, Submit, Withdraw};
        assert_eq!(open_acts(date(2016, 9, 30)), []);
        assert_eq!(
            open_acts(date(2016, 10, 1)),
            [Submit, Resubmit, Withdraw, Review]
        );
        assert_eq!(
            open_acts(date(2016, 10, 31)),
            [Submit, Resubmit, Withdraw, Review]
        );
        assert_eq!(
            open_acts(date(2016, 11, 30)),
            [Resubmit, Withdraw, Review, Decide, Recommend, Name]
        );
        assert_eq!(open_acts(date(2016, 12, 15)), [Name]);
        assert_eq!(open_acts(date(2017, 12, 31)), [Name]);
        assert_eq!(open_acts(date(2018, 1, 1)), []);
    }

    #[test]
    fn a_refusal_names_the_day_that_matters() {
        let sentence = |today| {
            let later = [2017, 2018, 2019, 2020].map(round);
            open(&round(2016), &later, RoundAct::Submit, today)
                .unwrap_err()
                .sentence(Lang::Zh)
        };
        assert_eq!(
            sentence(date(2016, 9, 30)),
            "申报期是 2016-10-01 至 2016-10-31，今天是 2016-09-30，现在不能提交申报（按年度日程，条款 P6）；请从 2016-10-01 起办理。"
        );
        assert_eq!(
            sentence(date(2016, 11, 2)),
            "申报期是 2016-10-01 至 2016-10-31，今天是 2016-11-02，现在不能提交申报（按年度日程，条款 P6）；下一次是 2017-10-01 至 2017-10-31。"
        );
        // Of a year long past: the round that is open now, or the next that will be; never one that has passed too.
        let then = |today| {
            let told = sentence(today);
            told.split_once('；').map(|(_, then)| then.to_owned())
        };
        assert_eq!(
            then(date(2019, 10, 12)).as_deref(),
            Some("2019年度的正在进行（2019-10-01 至 2019-10-31），请换到2019年度办理。")
        );
        assert_eq!(
            then(date(2019, 11, 1)).as_deref(),
            Some("下一次是 2020-10-01 至 2020-10-31。")
        );
        assert_eq!(
            then(date(2020, 11, 1)).as_deref(),
            Some("本规划没有下一次了。")
        );
    }

    #[test]
    fn days_can_be_moved_but_not_out_of_order_nor_from_a_stale_form() {
        let input = |revision, from, to| RoundDays {
            declaration: Days { from, to },
            examination: round(2016).examination,
            commendation: round(2016).commendation,
            note: String::new(),
            revision,
        };
        let now = Timestamp::UNIX_EPOCH;
        let moved = set_days(
            round(2016),
            &any_permit(act::SetCalendar),
            input(0, date(2016, 9, 20), date(2016, 10, 20)),
            now,
        )
        .unwrap();
        assert_eq!(moved.declaration.to, date(2016, 10, 20));
        assert_eq!(moved.revision, 1);
        let key =
            |input| set_days(round(2016), &any_permit(act::SetCalendar), input, now).unwrap_err();
        assert_eq!(
            key(input(3, date(2016, 9, 20), date(2016, 10, 20))),
            General::Stale.into()
        );
        let Refusal::Fields(fields) = key(input(0, date(2016, 12, 20), date(2016, 10, 20))) else {
            panic!("the fields are named");
        };
        let named: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(named, ["declaration_to", "examination_from"]);
    }
}
