//! Several titles of a standard spoken of together: by their tiers where they are all that these have, else one by one.

use jianjia_standard::{
    Lang, Standard,
    check::Check,
    kinds::Kind,
    programme::{RouteAct, Title},
};

use crate::format;

/// Those titles of a standard that are meant: `信赖`, `model and trusted`, or their names. Goes before `称号`, `titles`.
pub fn called(lang: Lang, standard: &Standard, meant: impl Fn(&Title) -> bool) -> String {
    called_among(lang, standard, standard.titles.iter().collect(), meant)
}

/// As [`called`], among the titles that a kind can hold.
pub fn called_of(
    lang: Lang,
    standard: &Standard,
    kind: Kind,
    meant: impl Fn(&Title) -> bool,
) -> String {
    called_among(lang, standard, standard.titles_of(kind).collect(), meant)
}

fn called_among(
    lang: Lang,
    standard: &Standard,
    among: Vec<&Title>,
    meant: impl Fn(&Title) -> bool,
) -> String {
    let (chosen, others): (Vec<&Title>, Vec<&Title>) =
        among.into_iter().partition(|title| meant(title));
    let mut names: Vec<&str> = Vec::new();
    for title in &chosen {
        let tier = standard.tiers.iter().find(|tier| tier.key == title.tier);
        let is_whole = others.iter().all(|other| other.tier != title.tier);
        let name = match tier {
            Some(tier) if is_whole => &tier.name,
            _ => &title.name,
        };
        if !names.contains(&name.get(lang)) {
            names.push(name.get(lang));
        }
    }
    format::list(lang, &names)
}

/// The titles that are meant with their number: `三个信赖称号`, `three trusted titles`; where they are not whole tiers, their names.
pub fn counted(lang: Lang, standard: &Standard, meant: impl Fn(&Title) -> bool) -> String {
    let count = standard.titles.iter().filter(|title| meant(title)).count();
    let number = format::few(lang, count);
    let called = called(lang, standard, meant);
    match lang {
        Lang::Zh => format!("{number}个{called}称号"),
        Lang::En if count == 1 => format!("{number} {called} title"),
        Lang::En => format!("{number} {called} titles"),
    }
}

/// The titles that a veto bars, with their number.
pub fn barred(lang: Lang, standard: &Standard) -> String {
    counted(lang, standard, |title| title.barred_by_vetoes)
}

/// Whether an application for the title takes such a step.
pub fn takes(standard: &Standard, title: &Title, act: RouteAct) -> bool {
    let route = standard.route(&title.key);
    route.is_some_and(|route| route.steps.iter().any(|step| step.act == act))
}

/// Whether the title, or one that it builds on, asks for the members' rating.
pub fn asks_for_rating(standard: &Standard, title: &Title) -> bool {
    let chain = standard.chain(title);
    let mut criteria = chain.iter().flat_map(|title| &title.criteria);
    criteria.any(|asked| {
        let mut parts = asked.check.parts().into_iter();
        parts.any(|check| matches!(check, Check::Rating { .. }))
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn standard(folder: &str) -> Standard {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        jianjia_standard::load::folder(&folder).unwrap()
    }

    #[test]
    fn whole_tiers_are_called_by_their_names_and_others_title_by_title() {
        let plan = standard("../../standards/changzhou-2016");
        assert_eq!(barred(Lang::Zh, &plan), "三个信赖称号");
        assert_eq!(barred(Lang::En, &plan), "three trusted titles");
        let decided = |lang| called(lang, &plan, |title| takes(&plan, title, RouteAct::Decide));
        assert_eq!(
            [Lang::Zh, Lang::En].map(decided),
            ["合格、模范", "qualified and model"]
        );
        // The model small home asks for no rating, and no union can hold it.
        let rated = |lang| {
            let asks = |title: &Title| asks_for_rating(&plan, title);
            called_of(lang, &plan, Kind::Grassroots, asks)
        };
        assert_eq!(
            [Lang::Zh, Lang::En].map(rated),
            ["模范、信赖", "model and trusted"]
        );
        let one = called(Lang::Zh, &plan, |title| title.key == "model-home");
        assert_eq!(one, "模范职工之家");

        // Its tiers have no names of their own.
        let next = standard("../app/fixtures/invented-2021");
        assert_eq!(
            barred(Lang::Zh, &next),
            "两个温馨职工之家、幸福职工之家称号"
        );
        assert_eq!(
            barred(Lang::En, &next),
            "two Warm home and Happy home titles"
        );
    }
}
