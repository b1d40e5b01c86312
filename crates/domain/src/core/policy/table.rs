//! The table of the policy: one line an act. Beside it the acts that take two people, and those that take a second factor.

use super::{
    Act::{self, *},
    Reach::{self, Above, City, Own, Within},
    Role::{self, Administrator, Approver, Auditor, Chair, Clerk, Department, Reviewer},
};

/// The policy: for each act, the roles that may do it and where the role must be held. One line an act.
pub const POLICY: &[(Act, &[(Role, Reach)])] = &[
    (
        CreateUnit,
        &[
            (Administrator, Within),
            (Reviewer, Within),
            (Approver, Within),
        ],
    ),
    (
        CorrectUnit,
        &[
            (Administrator, Within),
            (Reviewer, Above),
            (Approver, Above),
        ],
    ),
    (
        EditUnit,
        &[
            (Clerk, Own),
            (Chair, Own),
            (Administrator, Within),
            (Reviewer, Above),
            (Approver, Above),
        ],
    ),
    (MoveUnit, &[(Administrator, Above), (Approver, Above)]),
    (
        ImportUnits,
        &[
            (Administrator, Within),
            (Reviewer, Within),
            (Approver, Within),
        ],
    ),
    (
        EditPeople,
        &[(Clerk, Own), (Chair, Own), (Administrator, Within)],
    ),
    (SayFacts, &[(Clerk, Own), (Chair, Own)]),
    (LogActivity, &[(Clerk, Own), (Chair, Own)]),
    (AttachEvidence, &[(Clerk, Own), (Chair, Own)]),
    (HoldPoll, &[(Clerk, Own), (Chair, Own)]),
    (SupervisePoll, &[(Reviewer, Above), (Approver, Above)]),
    (ConsentToPoll, &[(Reviewer, Above), (Approver, Above)]),
    (DraftApplication, &[(Clerk, Own), (Chair, Own)]),
    (SubmitApplication, &[(Chair, Own)]),
    (WithdrawApplication, &[(Chair, Own)]),
    (
        DeclareConflict,
        &[(Reviewer, Above), (Approver, Above), (Chair, Above)],
    ),
    (
        RecordFinding,
        &[(Reviewer, Above), (Approver, Above), (Chair, Above)],
    ),
    (
        TakeFile,
        &[(Reviewer, Above), (Approver, Above), (Chair, Above)],
    ),
    (GiveFile, &[(Approver, Above)]),
    (NoteFile, &[(Reviewer, Above), (Approver, Above)]),
    (
        EndorseApplication,
        &[(Reviewer, Above), (Approver, Above), (Chair, Above)],
    ),
    (
        ReturnApplication,
        &[(Reviewer, Above), (Approver, Above), (Chair, Above)],
    ),
    (RejectApplication, &[(Approver, Above)]),
    (DecideApplication, &[(Approver, Above)]),
    (RecommendApplication, &[(Approver, Above)]),
    (TakeUpReserve, &[(Approver, Above)]),
    (CloseRecommendation, &[(Approver, Own)]),
    (PublishCandidates, &[(Approver, City)]),
    (SplitQuota, &[(Approver, Own)]),
    (NameApplications, &[(Approver, City)]),
    (HandleObjection, &[(Approver, City), (Administrator, City)]),
    (LookIntoObjection, &[(Reviewer, Within), (Approver, Within)]),
    (SetCalendar, &[(Approver, City), (Administrator, City)]),
    (SetQuota, &[(Approver, City)]),
    (RecordVeto, &[(Reviewer, Above), (Approver, Above)]),
    (SendLists, &[(Reviewer, City), (Approver, City)]),
    (
        SeeLists,
        &[(Reviewer, City), (Approver, City), (Auditor, City)],
    ),
    (AnswerList, &[(Department, City)]),
    (ReplyToEntry, &[(Clerk, Own), (Chair, Own)]),
    (DecideEntry, &[(Approver, City), (Department, City)]),
    (DecideVisit, &[(Approver, City)]),
    (AnswerVisit, &[(Clerk, Own), (Chair, Own)]),
    (ReturnPlaque, &[(Reviewer, Above), (Approver, Above)]),
    (RenewHonours, &[(Approver, Above)]),
    (RemindBelow, &[(Reviewer, Within), (Approver, Within)]),
    (ChangeHonour, &[(Approver, Above)]),
    (ReconfirmHonour, &[(Approver, Above)]),
    (HoldSpotCheck, &[(Approver, City)]),
    (
        SeeSpotCheck,
        &[(Reviewer, City), (Approver, City), (Auditor, City)],
    ),
    (InspectHome, &[(Reviewer, Own), (Approver, Own)]),
    (
        AskWhatIf,
        &[
            (Administrator, Within),
            (Reviewer, Within),
            (Approver, Within),
        ],
    ),
    (
        ProposeChange,
        &[
            (Administrator, Within),
            (Reviewer, Within),
            (Approver, Within),
        ],
    ),
    (ManageAccounts, &[(Administrator, Within)]),
    (ManageCertificateKeys, &[(Administrator, City)]),
    (ManageJobs, &[(Administrator, Within)]),
    (
        InviteBelow,
        &[
            (Administrator, Within),
            (Reviewer, Above),
            (Approver, Above),
        ],
    ),
    (ManagePost, &[(Administrator, City)]),
    (AnswerLetter, &[(Approver, City), (Administrator, City)]),
    (ReadAudit, &[(Auditor, Within)]),
    (MakeArchive, &[(Approver, City), (Auditor, City)]),
    (ImportDivisions, &[(Administrator, City), (Approver, City)]),
    (ImportTitles, &[(Administrator, City), (Approver, City)]),
    (ImportVetoes, &[(Reviewer, Within), (Approver, Within)]),
    (ImportAnswers, &[(Reviewer, City), (Approver, City)]),
];

/// Acts that settle something or watch over those who do: no one person alone hands out a role that may do one of them.
pub const GUARDED: &[Act] = &[
    RejectApplication,
    DecideApplication,
    RecommendApplication,
    TakeUpReserve,
    CloseRecommendation,
    SplitQuota,
    NameApplications,
    SetCalendar,
    SetQuota,
    DecideVisit,
    RenewHonours,
    ChangeHonour,
    ReconfirmHonour,
    HoldSpotCheck,
    ManageAccounts,
    ManageCertificateKeys,
    ReadAudit,
    ImportDivisions,
    ImportTitles,
];

/// Acts before which somebody whose account has a second factor gives it anew. Confirming a table of vetoes or titles asks for it too
/// (`exchange::import`); checking one does not.
pub const STEP_UP: &[Act] = &[
    NameApplications,
    SetCalendar,
    SetQuota,
    RecordVeto,
    DecideVisit,
    DecideEntry,
    ChangeHonour,
    HoldSpotCheck,
    ManageAccounts,
    ManageCertificateKeys,
    InviteBelow,
];
