"""In which order Microsoft Project expects the elements of its XML, by kind of row: facts of its published schema."""

from __future__ import annotations

ORDER: dict[str, tuple[str, ...]] = {
    "Project": tuple(
        (
            "SaveVersion UID Name GUID Title Subject Category Company Manager Author CreationDate Revision LastSaved "
            "ScheduleFromStart StartDate FinishDate FYStartDate CriticalSlackLimit CurrencyDigits CurrencySymbol CurrencyCode "
            "CurrencySymbolPosition CalendarUID DefaultStartTime DefaultFinishTime MinutesPerDay MinutesPerWeek DaysPerMonth "
            "DefaultTaskType DefaultFixedCostAccrual DefaultStandardRate DefaultOvertimeRate DurationFormat WorkFormat "
            "EditableActualCosts HonorConstraints EarnedValueMethod InsertedProjectsLikeSummary MultipleCriticalPaths "
            "NewTasksEffortDriven NewTasksEstimated SplitsInProgressTasks SpreadActualCost SpreadPercentComplete "
            "TaskUpdatesResource FiscalYearStart WeekStartDay MoveCompletedEndsBack MoveRemainingStartsBack "
            "MoveRemainingStartsForward MoveCompletedEndsForward BaselineForEarnedValue AutoAddNewResourcesAndTasks "
            "StatusDate CurrentDate MicrosoftProjectServerURL Autolink NewTaskStartDate NewTasksAreManual DefaultTaskEVMethod "
            "ProjectExternallyEdited ExtendedCreationDate ActualsInSync RemoveFileProperties AdminProject BaselineCalendar "
            "UpdateManuallyScheduledTasksWhenEditingLinks KeepTaskOnNearestWorkingTimeWhenMadeAutoScheduled OutlineCodes "
            "WBSMasks ExtendedAttributes Calendars Tasks Resources Assignments"
        ).split()
    ),
    "Calendar": tuple("UID GUID Name IsBaseCalendar IsBaselineCalendar BaseCalendarUID WeekDays Exceptions WorkWeeks".split()),
    "WeekDay": tuple("DayType DayWorking TimePeriod WorkingTimes".split()),
    "Exception": tuple(
        (
            "EnteredByOccurrences TimePeriod Occurrences Name Type Period DaysOfWeek MonthItem MonthPosition Month MonthDay "
            "DayWorking WorkingTimes"
        ).split()
    ),
    "WorkWeek": tuple("TimePeriod Name WeekDays".split()),
    "CustomField": tuple(
        (
            "FieldID FieldName CFType Guid ElemType MaxMultiValues UserDef Alias SecondaryPID AutoRollDown DefaultGuid Ltuid "
            "SecondaryGuid PhoneticAlias RollupType CalculationType Formula RestrictValues ValuelistSortOrder AppendNewValues "
            "Default ValueList"
        ).split()
    ),
    "OutlineCodeField": tuple(
        (
            "Guid FieldID FieldName Alias PhoneticAlias Values Enterprise EnterpriseOutlineCodeAlias "
            "ResourceSubstitutionEnabled LeafOnly AllLevelsRequired OnlyTableValuesAllowed ShowIndent Masks"
        ).split()
    ),
    "Task": tuple(
        (
            "UID GUID ID Name Active Manual Type IsNull CreateDate Contact WBS WBSLevel OutlineNumber OutlineLevel Priority "
            "Start Finish Duration DurationFormat Work Stop Resume ResumeValid EffortDriven Recurring OverAllocated Estimated "
            "Milestone Summary DisplayAsSummary Critical IsSubproject IsSubprojectReadOnly SubprojectName ExternalTask "
            "ExternalTaskProject EarlyStart EarlyFinish LateStart LateFinish StartVariance FinishVariance WorkVariance "
            "FreeSlack TotalSlack StartSlack FinishSlack FixedCost FixedCostAccrual PercentComplete PercentWorkComplete Cost "
            "OvertimeCost OvertimeWork ActualStart ActualFinish ActualDuration ActualCost ActualOvertimeCost ActualWork "
            "ActualOvertimeWork RegularWork RemainingDuration RemainingCost RemainingWork RemainingOvertimeCost "
            "RemainingOvertimeWork ACWP CV ConstraintType CalendarUID ConstraintDate Deadline LevelAssignments "
            "LevelingCanSplit LevelingDelay LevelingDelayFormat PreLeveledStart PreLeveledFinish Hyperlink HyperlinkAddress "
            "HyperlinkSubAddress IgnoreResourceCalendar Notes HideBar Rollup BCWS BCWP PhysicalPercentComplete "
            "EarnedValueMethod PredecessorLink ActualWorkProtected ActualOvertimeWorkProtected ExtendedAttribute Baseline "
            "OutlineCode IsPublished StatusManager CommitmentStart CommitmentFinish CommitmentType StartText FinishText "
            "DurationText ManualStart ManualFinish ManualDuration TimephasedData Project"
        ).split()
    ),
    "PredecessorLink": tuple("PredecessorUID Type CrossProject CrossProjectName LinkLag LagFormat".split()),
    "TaskBaseline": tuple(
        (
            "TimephasedData Number Interim Start Finish Duration DurationFormat EstimatedDuration Work Cost BCWS BCWP FixedCost"
        ).split()
    ),
    "ExtendedAttribute": tuple("FieldID Value ValueGUID DurationFormat".split()),
    "OutlineCode": tuple("FieldID ValueID ValueGUID".split()),
    "Resource": tuple(
        (
            "UID GUID ID Name Type IsNull Initials Phonetics NTAccount MaterialLabel Code Group WorkGroup EmailAddress "
            "Hyperlink HyperlinkAddress HyperlinkSubAddress MaxUnits PeakUnits OverAllocated AvailableFrom AvailableTo Start "
            "Finish CanLevel AccrueAt Work RegularWork OvertimeWork ActualWork RemainingWork ActualOvertimeWork "
            "RemainingOvertimeWork PercentWorkComplete StandardRate StandardRateFormat Cost OvertimeRate OvertimeRateFormat "
            "OvertimeCost CostPerUse ActualCost ActualOvertimeCost RemainingCost RemainingOvertimeCost WorkVariance "
            "CostVariance SV CV ACWP CalendarUID Notes BCWS BCWP IsGeneric IsInactive IsEnterprise BookingType "
            "ActualWorkProtected ActualOvertimeWorkProtected ActiveDirectoryGUID CreationDate ExtendedAttribute Baseline "
            "OutlineCode CostCenter IsCostResource AssnOwner AssnOwnerGuid IsBudget AvailabilityPeriods Rates TimephasedData"
        ).split()
    ),
    "ResourceBaseline": tuple("Number Work Cost BCWS BCWP".split()),
    "Rate": tuple(
        "RatesFrom RatesTo RateTable StandardRate StandardRateFormat OvertimeRate OvertimeRateFormat CostPerUse".split()
    ),
    "Assignment": tuple(
        (
            "UID GUID TaskUID ResourceUID PercentWorkComplete ActualCost ActualFinish ActualOvertimeCost ActualOvertimeWork "
            "ActualStart ActualWork ACWP Confirmed Cost CostRateTable CostVariance CV Delay Finish FinishVariance Hyperlink "
            "HyperlinkAddress HyperlinkSubAddress WorkVariance HasFixedRateUnits FixedMaterial LevelingDelay "
            "LevelingDelayFormat LinkedFields Milestone Notes Overallocated OvertimeCost OvertimeWork PeakUnits RateScale "
            "RegularWork RemainingCost RemainingOvertimeCost RemainingOvertimeWork RemainingWork ResponsePending Start Stop "
            "Resume StartVariance Summary SV Units UpdateNeeded VAC Work WorkContour BCWS BCWP BookingType "
            "ActualWorkProtected ActualOvertimeWorkProtected CreationDate AssnOwner AssnOwnerGuid BudgetCost BudgetWork "
            "ExtendedAttribute Baseline TimephasedData"
        ).split()
    ),
    "AssignmentBaseline": tuple("TimephasedData Number Start Finish Work Cost BCWS BCWP".split()),
    "TimephasedData": ("Type", "UID", "Start", "Finish", "Unit", "Value"),
}
