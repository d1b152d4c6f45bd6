metadata description = 'Logs and traces of the app itself. The firewall\'s log belongs to each environment and is not kept here.'

/*** PARAMETERS ***/

@description('Name of the Log Analytics workspace.')
param workspaceName string

@description('Name of the Application Insights component.')
param applicationInsightsName string

@description('Days that logs are kept, 30 to 730.')
@minValue(30)
@maxValue(730)
param retentionInDays int

@description('Object id of the identity that sends traces; keys are switched off.')
param publisherPrincipalId string

@description('Location of both.')
param location string

@description('Tags of both.')
param tags object

/*** VARIABLES ***/

// Monitoring Metrics Publisher (learn.microsoft.com/azure/role-based-access-control/built-in-roles/monitor)
var monitoringMetricsPublisherId = '3913510d-42f4-4e42-8a64-420c390055eb'

/*** RESOURCES ***/

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    retentionInDays: retentionInDays
    sku: {
      name: 'PerGB2018'
    }
    features: {
      disableLocalAuth: true
    }
  }
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' = {
  name: applicationInsightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

resource publisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: applicationInsights
  name: guid(applicationInsights.id, monitoringMetricsPublisherId, publisherPrincipalId)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisherId)
    principalId: publisherPrincipalId
    principalType: 'ServicePrincipal'
  }
}

/*** OUTPUTS ***/

@description('Where traces go; it carries no key that would be accepted.')
output applicationInsightsConnectionString string = applicationInsights.properties.ConnectionString
