//! The totals of ratings that were held on paper: this year's of the unions without a poll, and last year's of those with one.

use jianjia_domain::{
    core::ids::ImprovementId,
    rating::{count::Rating, improvement::Improvement},
    year::totals::RatingTotals,
};
use jiff::{Timestamp, ToSpan, civil::date};

use crate::{
    core::{
        city::{City, Ids},
        day::{morning, office_hour, working},
        draw::Draw,
    },
    rating::poll::{Held, Way},
    year::activity::Rated,
};

/// Where totals come from that no poll of the program stands behind.
const COPIED: &str = "抄自纸质计票单：会员投纸质票，上级工会监票、计票。";

/// The same of the zone's federation, whose members vote through the delegates of their congress.
const COPIED_OF_DELEGATES: &str =
    "抄自纸质计票单：所属各企业会员分散，由会员代表大会的代表投票，上级工会监票、计票。";

/// The same where others than members were given ballots.
const COPIED_WITH_GUESTS: &str =
    "抄自纸质计票单：会员投纸质票，劳务派遣职工和退休职工的代表也领了票，上级工会监票、计票。";

/// When last year's ballots were counted.
fn last_counted_at(year: i16) -> Timestamp {
    morning(date(year, 11, 16))
}

/// When a union's paper ballots of a year were taken down.
pub fn copied_at(number: i64, year: i16) -> Timestamp {
    let mut draw = Draw::of("copied", number << 12 | i64::from(year));
    let day = date(year, 9, 10).saturating_add(draw.between(0, 28).days());
    office_hour(working(day), &mut draw)
}

/// A year's totals of unions without a poll.
pub fn copied(city: &City, year: i16, ratings: &[(usize, Rated)]) -> Vec<Rating> {
    ratings
        .iter()
        .map(|(unit, rated)| {
            let at = copied_at(city.units[*unit].number, year);
            let mut copied = rating(city, *unit, year, rated.totals(), at);
            if rated.roll > city.units[*unit].members {
                COPIED_WITH_GUESTS.clone_into(&mut copied.note);
            }
            copied
        })
        .collect()
}

/// What the unions that hold polls came to in the year before.
pub fn last_year(city: &City, polls: &[Held], year: i16) -> Vec<Rating> {
    polls
        .iter()
        .map(|held| {
            let mut draw = Draw::of("rating-2015", city.units[held.unit].number);
            let (roll, void) = (held.votes.roll, 1);
            let valid = roll * draw.between(60, 90) / 100;
            // This year's hasty ballots are far from what members said then.
            let percent = match held.way {
                Way::Hasty => 64,
                _ => draw.between(78, 90),
            };
            let content = valid * percent / 100;
            let basically_satisfied = content / 4;
            let rated = Rated {
                roll,
                satisfied: content - basically_satisfied,
                basically_satisfied,
                dissatisfied: valid - content,
                void,
            };
            let mut rating = rating(city, held.unit, year, rated.totals(), last_counted_at(year));
            if held.unit == city.cast.zone {
                COPIED_OF_DELEGATES.clone_into(&mut rating.note);
            }
            rating
        })
        .collect()
}

fn rating(
    city: &City,
    unit: usize,
    year: i16,
    counts: RatingTotals,
    recorded_at: Timestamp,
) -> Rating {
    let unit = &city.units[unit];
    Rating {
        unit: unit.id,
        unit_path: unit.path.clone(),
        year,
        counts,
        recorded_by: String::new(),
        recorded_by_name: String::new(),
        recorded_at,
        note: COPIED.to_owned(),
    }
}

/// What the union of the story promised after last year's rating. The first is reported on this year, the other is left for the visitor.
pub fn promised(city: &City, ids: &Ids, year: i16) -> Vec<Improvement> {
    let union = &city.units[city.cast.union];
    let chair = city
        .people
        .iter()
        .find(|person| person.unit == city.cast.union);
    PROMISED
        .into_iter()
        .map(|text| Improvement {
            id: ImprovementId(ids.next()),
            unit: union.id,
            unit_path: union.path.clone(),
            year,
            text: text.to_owned(),
            said_by_name: chair.map_or_else(String::new, |chair| chair.name.clone()),
            said_at: last_counted_at(year),
            report: None,
        })
        .collect()
}

const PROMISED: [&str; 2] = [
    "更衣室冬天太冷：明年上半年装好取暖和晾衣的设备。",
    "困难职工帮扶名单每季度在公开栏公示一次。",
];
