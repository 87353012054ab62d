"""A strategy as StratML with everything that such a file can say: people, values, a relationship, targets and figures."""

PLAN = b"""<?xml version="1.0" encoding="UTF-8"?>
<PerformancePlanOrReport xmlns="urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport" Type="Performance_Report">
<Name>Plan of the works</Name><Description>Ten years ahead</Description><StrategicPlanCore>
<Organization><Name>Aldermere Water</Name><Acronym>AW</Acronym>
 <Stakeholder StakeholderTypeType="Person"><Name>Ada Quill</Name><Role><Name>Chair</Name>
 <RoleType>Performer</RoleType></Role></Stakeholder>
</Organization>
<Vision><Description>Water for everybody</Description></Vision><Mission><Description>To bring water</Description></Mission>
<Value><Name>Care</Name><Description>We mend what leaks</Description></Value>
<Goal><Name>Water that stays in the pipes</Name><Description>And out of cellars</Description><Identifier>g1</Identifier>
 <Stakeholder StakeholderTypeType="Generic_Group"><Name>Fitters</Name></Stakeholder>
 <Objective><Name>Fewer leaks in the east</Name><Identifier>o1</Identifier>
  <Stakeholder StakeholderTypeType="Organization"><Name>Eastern district</Name></Stakeholder>
  <PerformanceIndicator ValueChainStage="Outcome" PerformanceIndicatorType="Quantitative">
   <MeasurementDimension>Share of water lost</MeasurementDimension><UnitOfMeasurement>%</UnitOfMeasurement>
   <Identifier>i1</Identifier>
   <Relationship RelationshipType="Broader_Than"><Identifier>r1</Identifier><ReferentIdentifier>o2</ReferentIdentifier>
    <Name>carries the pumps</Name></Relationship>
   <MeasurementInstance>
    <TargetResult><NumberOfUnits>15</NumberOfUnits><StartDate>2027-01-01</StartDate><EndDate>2027-12-31</EndDate></TargetResult>
    <ActualResult><NumberOfUnits>22.5</NumberOfUnits><EndDate>2025-12-31</EndDate>
     <Description>by meter</Description></ActualResult>
    <ActualResult><NumberOfUnits>24</NumberOfUnits><EndDate>2024-12-31</EndDate></ActualResult>
   </MeasurementInstance></PerformanceIndicator></Objective></Goal>
<Goal><Name>Pumps that never stand still</Name><Identifier>g2</Identifier>
 <Objective><Name>Fewer stops of pump seven</Name><Identifier>o2</Identifier>
  <Stakeholder StakeholderTypeType="Person"><Name>Bo Marsh</Name></Stakeholder></Objective></Goal>
</StrategicPlanCore><AdministrativeInformation><Identifier>p1</Identifier><StartDate>2024-01-01</StartDate>
<PublicationDate>2024-02-03</PublicationDate><Source>https://water.example/plan</Source></AdministrativeInformation>
</PerformancePlanOrReport>"""
