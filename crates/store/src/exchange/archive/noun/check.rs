//! The spot check of the round: the frame, the draw, the visits and what they came to.

use super::{Noun, Whose};

/// The spot check of a round.
macro_rules! of_the_check {
    () => {
        Whose::Year("spot_check_id IN (SELECT id FROM spot_check WHERE year = $1)")
    };
}

/// The visits of a round.
macro_rules! of_visits {
    () => {
        Whose::Year("visit_id IN (SELECT id FROM visit WHERE year = $1)")
    };
}

pub(super) const NOUNS: &[Noun] = &[
    Noun {
        name: "spot-check",
        zh: "抽查",
        en: "The city's spot check: when frame and sizes were published, and the seed of a later public lottery that drew the sample",
        table: "spot_check",
        whose: Whose::Year("year = $1"),
        columns: "text id title state standard_key standard_version frame_hash lottery_name lottery_issue published_by_name drawn_by_name; text? seed;
            number year units sample inspectors_each days; truth announced; day lottery_on; day? due_on; instant published_at; instant? drawn_at",
        out: "published_by drawn_by",
        says: &[
            ("frame_hash", "SHA-256 of draw/frame.txt"),
            ("seed", "The digits by which the sample is drawn from the frame, as docs/draw.md of the program says"),
        ],
    },
    Noun {
        name: "stratum",
        zh: "抽查的层",
        en: "How many units a stratum has, and how many of them were drawn",
        table: "spot_check_stratum",
        whose: of_the_check!(),
        columns: "text spot_check_id stratum district_id district_name class; number place units sample",
        out: "",
        says: &[],
    },
    Noun {
        name: "frame-unit",
        zh: "抽样框",
        en: "Who could be drawn. The id is the unit's name in the frame's file",
        table: "spot_check_unit",
        whose: of_the_check!(),
        columns: "text id spot_check_id unit_id unit_name honour_id nonce stratum class; number unit_number score; json reasons",
        out: "",
        says: &[],
    },
    Noun {
        name: "inspector",
        zh: "检查人员",
        en: "Who could be drawn to inspect",
        table: "spot_check_inspector",
        whose: of_the_check!(),
        columns: "text spot_check_id unit_id unit_name name state; json districts",
        out: "",
        says: &[],
    },
    Noun {
        name: "visit",
        zh: "到访",
        en: "Homes that were drawn, and visits that looked again",
        table: "visit",
        whose: Whose::Year("year = $1"),
        columns: "text id spot_check_id entry_id unit_id unit_name honour_id title stratum ticket state; text? colour; number year place; truth announced;
            day due_on; instant drawn_at",
        out: "",
        says: &[("colour", "green, amber or red; null until it was inspected")],
    },
    Noun {
        name: "visit-inspector",
        zh: "到访的检查人员",
        en: "Who visited a home",
        table: "visit_inspector",
        whose: of_visits!(),
        columns: "text visit_id unit_id unit_name name ticket state reason; number place; instant drawn_at; instant? declared_at",
        out: "",
        says: &[],
    },
    Noun {
        name: "remark",
        zh: "检查记录",
        en: "What was noted on a visit, added and never changed",
        table: "visit_entry",
        whose: of_visits!(),
        columns: "text id visit_id kind clause name agrees note account_name; text? seen; json found; instant noted_at received_at",
        out: "",
        says: &[("noted_at", "By the clock of the inspector's device")],
    },
    Noun {
        name: "visit-photo",
        zh: "检查照片",
        en: "The photos of a remark; with --with-files they are in files/, by their SHA-256",
        table: "visit_photo",
        whose: of_visits!(),
        columns: "text entry_id visit_id hash media_type; number place bytes",
        out: "",
        says: &[],
    },
    Noun {
        name: "settlement",
        zh: "裁定",
        en: "Which remark stands where inspectors said different",
        table: "visit_settlement",
        whose: of_visits!(),
        columns: "text id visit_id clause entry_id reason account_name; json among; instant at",
        out: "",
        says: &[],
    },
    Noun {
        name: "outcome",
        zh: "检查结果",
        en: "What a visit came to when it was concluded",
        table: "visit_outcome",
        whose: of_visits!(),
        columns: "text visit_id colour judgement_id concluded_by_name; json signs; day? hear_until mend_until; instant concluded_at",
        out: "concluded_by",
        says: &[],
    },
    Noun {
        name: "visit-event",
        zh: "检查之后的办理经过",
        en: "What happened to a visit since",
        table: "visit_event",
        whose: of_visits!(),
        columns: "text id visit_id act reason document_number account_name; day? due_on; instant at",
        out: "",
        says: &[],
    },
    Noun {
        name: "recheck",
        zh: "复查",
        en: "Visits that looked whether what another found was mended",
        table: "visit_recheck",
        whose: of_visits!(),
        columns: "text visit_id of_visit_id",
        out: "",
        says: &[],
    },
    Noun {
        name: "declared",
        zh: "被抽中时的申明",
        en: "What a home had declared when it was drawn: the judgement kept then",
        table: "visit_declared",
        whose: of_visits!(),
        columns: "text visit_id judgement_id",
        out: "",
        says: &[],
    },
    Noun {
        name: "check-effect",
        zh: "补贴下调",
        en: "Units that were found short, whose subsidy goes down",
        table: "check_effect",
        whose: Whose::Year("year = $1"),
        columns: "text id unit_id clause visit_id recorded_by_name; text? lifted_by_name lift_reason; number year; instant recorded_at; instant? lifted_at",
        out: "",
        says: &[],
    },
];
