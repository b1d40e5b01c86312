//! What happened to unions of the story's district in the year, through the real acts: a new name, a move, a merger, an end; and the first
//! photos that the union of the story has kept.

use std::{collections::BTreeSet, io::Cursor};

use anyhow::Result;
use bytes::Bytes;
use image::{ImageFormat, Rgb, RgbImage};
use jianjia_app::{
    core::app::App,
    register::unit::{
        self as units,
        change::{Happening, perform},
    },
    year::evidence::{self, File},
};
use jianjia_domain::{
    core::{ids::UnitId, place::UnitKind, policy::Actor},
    register::unit::change::ChangeForm,
    year::evidence::Target,
};
use jiff::civil::date;

use crate::{
    core::city::{City, Grade},
    making::YEAR,
    office::actor::told,
};

/// Lets them happen and gives the units whose federations above now lead others.
///
/// # Errors
/// When an act is refused.
pub async fn happen(
    app: &App,
    city: &City,
    approver: &Actor,
    chair: &Actor,
    filing: &[usize],
) -> Result<Vec<usize>> {
    app.clock.set(date(2016, 9, 12));
    let chosen = quiet(city, filing, 5);
    let [renamed, moved, merged, successor, closed] = chosen[..] else {
        return Ok(Vec::new());
    };
    let name = city.units[renamed].name.replace("工会", "（集团）工会");
    let township = city.units[city.cast.township].name.clone();
    let successor = city.units[successor].name.clone();
    let mut happenings = vec![(renamed, Happening::Rename, "2016-03-01", name)];
    if city.units[moved].above != Some(city.cast.township) {
        happenings.push((moved, Happening::Move, "2016-04-11", township));
    }
    happenings.push((merged, Happening::Merge, "2016-06-20", successor));
    happenings.push((closed, Happening::Close, "2016-08-31", String::new()));
    for (unit, happening, on, target) in happenings {
        let id = &city.units[unit].id;
        let revision = told(units::find(app, approver, id).await)?.unit.revision;
        let form = ChangeForm {
            on: on.to_owned(),
            note: "演示数据：依据上级工会批复".to_owned(),
            target,
        };
        told(perform(app, approver, id, happening, &form, revision).await)?;
    }
    photos(app, chair, &city.units[city.cast.union].id).await?;
    Ok(vec![moved, merged, closed])
}

/// The first unions of the story's district that nobody else is busy with: they file nothing, hold no poll and lead nobody.
fn quiet(city: &City, busy: &[usize], count: usize) -> Vec<usize> {
    let busy: BTreeSet<usize> = busy.iter().copied().collect();
    let path = &city.units[city.cast.tianning].path;
    let leads: BTreeSet<usize> = city.units.iter().filter_map(|unit| unit.above).collect();
    let is_quiet = |index: &usize| {
        let unit = &city.units[*index];
        let is_of_story = *index == city.cast.union || *index == city.cast.vetoed;
        unit.kind == UnitKind::Grassroots
            && unit.path.starts_with(path.as_str())
            && unit.founded_on < date(2014, 1, 1)
            && unit.grade <= Grade::Qualified
            && !is_of_story
            && !busy.contains(index)
            && !leads.contains(index)
    };
    (0..city.units.len()).filter(is_quiet).take(count).collect()
}

/// Two pictures, plainly drawn ones: nobody is shown.
async fn photos(app: &App, chair: &Actor, union: &UnitId) -> Result<()> {
    for (name, fact, colour) in [
        ("选举大会.png", "chair_elected", [176, 58, 46]),
        ("公开栏.png", "union_affairs_open", [46, 96, 150]),
    ] {
        let picture = RgbImage::from_fn(320, 200, |x, y| {
            let is_frame = x < 8 || y < 8 || x >= 312 || y >= 192;
            let is_line = y % 24 < 6 && x > 30 && x < 290 - (y * 7 % 90);
            Rgb(if is_frame || is_line {
                colour
            } else {
                [246, 242, 234]
            })
        });
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png)?;
        let file = File {
            name: name.to_owned(),
            bytes: Bytes::from(bytes.into_inner()),
        };
        let used_for = Some((YEAR, Target::Fact(fact.to_owned())));
        told(evidence::upload(app, chair, union, vec![file], used_for).await)?;
    }
    Ok(())
}
