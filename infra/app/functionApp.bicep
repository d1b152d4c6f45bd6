metadata description = 'The app on Flex Consumption. Its settings are those of src/config.ts and of the platform, and nothing else.'

/*** PARAMETERS ***/

@description('Name of the function app; its address is made of it.')
param name string

@description('Name of the plan.')
param planName string

@description('Major version of Node.')
param nodeVersion string

@description('Memory of one instance in MB.')
param instanceMemoryMB int

@description('Most instances at once.')
param maximumInstanceCount int

@description('Resource id of the app\'s identity.')
param identityId string

@description('Client id of the app\'s identity.')
param identityClientId string

@description('Storage account with the package and the durable state.')
param storageAccountName string

@description('Blob container with the package.')
param packageContainerUrl string

@description('Where traces go.')
param applicationInsightsConnectionString string

@description('Path of a PEM file with the certificate authority in front of ARM; empty on Azure.')
param armCaFile string

@description('HTTP proxy through which the app looks at an ingress from outside; empty: directly.')
param ingressProbeProxy string

@description('When all gateway routes are looked at, whatever events came: an NCRONTAB expression of six fields, in UTC.')
param routeSweepSchedule string

@description('So many refused connections open a case of denied egress; what AKS needs opens one at once.')
param egressOpenAfterHits int

@description('Hours without a refused connection after which a case is closed.')
param egressQuietHours int

@description('Minutes without any row in the firewall\'s log that are a finding, 20 to 1440.')
param egressSilenceMinutes int

@description('When the firewall\'s log is read for denied egress: an NCRONTAB expression of six fields, in UTC.')
param egressWatchSchedule string

@description('Query API of Log Analytics, with its version; another one in a sovereign cloud.')
param logsEndpoint string

@description('Endpoint of the custom topic for alerts; empty: none.')
param alertTopicEndpoint string

@description('Where alerts go, each optional: webhookUrl, webhookKey, webhookPreviousKey, cardUrl, cardStyle, incidentUrl, incidentUser, incidentPassword, incidentToken, incidentCloseCode. Values may be Key Vault references.')
@secure()
param alertSettings object

@description('Resource id of the blob container for events that could not be delivered.')
param deadLetterContainerId string

@description('Object id of the app\'s identity, which names the app in event subscriptions.')
param subscriberPrincipalId string

@description('Resource id of the role that whoever names the app there needs.')
param eventReceiverRoleId string

@description('Location of app and plan.')
param location string

@description('Tags of app and plan.')
param tags object

/*** RESOURCES ***/

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    tier: 'FlexConsumption'
    name: 'FC1'
  }
  properties: {
    reserved: true
  }
}

resource functionApp 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  // azd finds the app by this tag.
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    siteConfig: {
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'node'
        version: nodeVersion
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
      }
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: {
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
      APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
      AzureWebJobsStorage__accountName: storageAccountName
      AzureWebJobsStorage__clientId: identityClientId
      AzureWebJobsStorage__credential: 'managedidentity'
      ALERT_CARD_STYLE: alertSettings.?cardStyle ?? ''
      ALERT_CARD_URL: alertSettings.?cardUrl ?? ''
      ALERT_TOPIC_ENDPOINT: alertTopicEndpoint
      ALERT_WEBHOOK_KEY: alertSettings.?webhookKey ?? ''
      ALERT_WEBHOOK_PREVIOUS_KEY: alertSettings.?webhookPreviousKey ?? ''
      ALERT_WEBHOOK_URL: alertSettings.?webhookUrl ?? ''
      ARM_CA_FILE: armCaFile
      ARM_ENDPOINT: environment().resourceManager
      AZURE_CLIENT_ID: identityClientId
      AZURE_SUBSCRIPTION_ID: subscription().subscriptionId
      DEAD_LETTER_CONTAINER_ID: deadLetterContainerId
      EGRESS_OPEN_AFTER_HITS: string(egressOpenAfterHits)
      EGRESS_QUIET_HOURS: string(egressQuietHours)
      EGRESS_SILENCE_MINUTES: string(egressSilenceMinutes)
      EGRESS_WATCH_SCHEDULE: egressWatchSchedule
      FUNCTION_APP_ID: functionApp.id
      INGRESS_PROBE_PROXY: ingressProbeProxy
      ITSM_CLOSE_CODE: alertSettings.?incidentCloseCode ?? ''
      ITSM_INCIDENT_URL: alertSettings.?incidentUrl ?? ''
      ITSM_PASSWORD: alertSettings.?incidentPassword ?? ''
      ITSM_TOKEN: alertSettings.?incidentToken ?? ''
      ITSM_USER: alertSettings.?incidentUser ?? ''
      LOGS_ENDPOINT: logsEndpoint
      ROUTE_SWEEP_SCHEDULE: routeSweepSchedule
    }
  }

  // The package comes by identity; nobody needs a password.
  resource noFtpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }

  resource noScmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

resource receiver 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: functionApp
  name: guid(functionApp.id, eventReceiverRoleId, subscriberPrincipalId)
  properties: {
    roleDefinitionId: eventReceiverRoleId
    principalId: subscriberPrincipalId
    principalType: 'ServicePrincipal'
  }
}

/*** OUTPUTS ***/

@description('Name of the function app.')
output name string = functionApp.name

@description('Address of the function app.')
output url string = 'https://${functionApp.properties.defaultHostName}'
