metadata name = 'Portcullis'
metadata description = 'The app that builds and keeps secured AKS environments: a Flex Consumption function app, its identity, keyless storage, an account for dead letters, monitoring, and the roles the identity has on the subscription it builds in.'

targetScope = 'subscription'

/*** PARAMETERS ***/

@description('Names this installation and everything in it; letters, digits and hyphens, 1 to 32 characters.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Where the app itself stands. The environments it builds name their own location in the ticket.')
@minLength(1)
param location string

@description('The app\'s version of Node on Flex Consumption; the app needs 22.15 or newer.')
@allowed(['22', '24'])
param nodeVersion string = '22'

@description('Memory of one instance in MB. An instance with all Azure SDKs loaded takes about 140 MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Most instances that Flex Consumption starts at once, 40 to 1000.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Days that the app\'s own logs, and events it could not be given, are kept, 30 to 730.')
@minValue(30)
@maxValue(730)
param logRetentionInDays int = 30

@description('Whether tickets may take environments down. False leaves the app without any right to delete.')
param allowDecommission bool = true

@description('Path of a PEM file in the app\'s package with the certificate authority in front of ARM; empty on Azure.')
param armCaFile string = ''

@description('HTTP proxy through which the app looks at an ingress from outside; empty: directly.')
param ingressProbeProxy string = ''

@description('When all gateway routes are looked at, whatever events came: an NCRONTAB expression of six fields, in UTC.')
param routeSweepSchedule string = '0 */5 * * * *'

@description('So many refused connections open a case of denied egress; what AKS needs opens one at once.')
@minValue(1)
@maxValue(100000)
param egressOpenAfterHits int = 1

@description('Hours without a refused connection after which a case is closed.')
@minValue(1)
@maxValue(720)
param egressQuietHours int = 24

@description('Minutes without any row in the firewall\'s log that are a finding, 20 to 1440.')
@minValue(20)
@maxValue(1440)
param egressSilenceMinutes int = 60

@description('When the firewall\'s log is read for denied egress: an NCRONTAB expression of six fields, in UTC.')
param egressWatchSchedule string = '0 */5 * * * *'

@description('Query API of Log Analytics, with its version; another one in a sovereign cloud.')
param logsEndpoint string = 'https://api.loganalytics.azure.com/v1'

@description('Whether alerts are published at a custom Event Grid topic, which is made for them.')
param publishAlerts bool = false

@description('Where else alerts go, each optional: webhookUrl, webhookKey, webhookPreviousKey, cardUrl, cardStyle, incidentUrl, incidentUser, incidentPassword, incidentToken, incidentCloseCode. Values may be Key Vault references.')
@secure()
param alertSettings object = {}

@description('Tags of every resource of the app.')
param tags object = {}

/*** VARIABLES ***/

var abbreviations = loadJsonContent('abbreviations.json')
var token = toLower(uniqueString(subscription().id, environmentName, location))
var allTags = union(tags, { 'azd-env-name': environmentName })

/*** RESOURCES ***/

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: '${abbreviations.resourceGroup}${environmentName}'
  location: location
  tags: allTags
}

@description('Who the app is, to ARM and to its own storage and logs.')
module identity 'app/identity.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.userAssignedIdentity}${token}'
    location: location
    tags: allTags
  }
}

@description('What the app may do in the subscription it builds in.')
module roles 'app/roles.bicep' = {
  params: {
    environmentName: environmentName
    principalId: identity.outputs.principalId
    allowDecommission: allowDecommission
  }
}

module monitoring 'app/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: '${abbreviations.logAnalyticsWorkspace}${token}'
    applicationInsightsName: '${abbreviations.applicationInsights}${token}'
    retentionInDays: logRetentionInDays
    publisherPrincipalId: identity.outputs.principalId
    location: location
    tags: allTags
  }
}

module storage 'app/storage.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.storageAccount}${token}'
    ownerPrincipalId: identity.outputs.principalId
    location: location
    tags: allTags
  }
}

@description('Where events end that the app could not be given.')
module deadLetters 'app/deadLetters.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.storageAccount}dead${token}'
    retentionInDays: logRetentionInDays
    subscriberPrincipalId: identity.outputs.principalId
    eventReceiverRoleId: roles.outputs.eventReceiverRoleId
    location: location
    tags: allTags
  }
}

@description('Where whoever wants to react to alerts can subscribe.')
module alertTopic 'app/alertTopic.bicep' = if (publishAlerts) {
  scope: group
  params: {
    name: '${abbreviations.eventGridTopic}${token}'
    publisherPrincipalId: identity.outputs.principalId
    location: location
    tags: allTags
  }
}

module functionApp 'app/functionApp.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.functionApp}${token}'
    planName: '${abbreviations.functionPlan}${token}'
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    packageContainerUrl: storage.outputs.packageContainerUrl
    applicationInsightsConnectionString: monitoring.outputs.applicationInsightsConnectionString
    armCaFile: armCaFile
    ingressProbeProxy: ingressProbeProxy
    routeSweepSchedule: routeSweepSchedule
    egressOpenAfterHits: egressOpenAfterHits
    egressQuietHours: egressQuietHours
    egressSilenceMinutes: egressSilenceMinutes
    egressWatchSchedule: egressWatchSchedule
    logsEndpoint: logsEndpoint
    alertTopicEndpoint: alertTopic.?outputs.endpoint ?? ''
    alertSettings: alertSettings
    deadLetterContainerId: deadLetters.outputs.containerId
    subscriberPrincipalId: identity.outputs.principalId
    eventReceiverRoleId: roles.outputs.eventReceiverRoleId
    location: location
    tags: allTags
  }
}

/*** OUTPUTS ***/

@description('The group with the app.')
output resourceGroupName string = group.name

@description('The function app, for the deployment of its package.')
output functionAppName string = functionApp.outputs.name

@description('Where tickets go: portcullis provision FILE --target URL.')
output appUrl string = functionApp.outputs.url

@description('Client id of the app\'s identity.')
output identityClientId string = identity.outputs.clientId
